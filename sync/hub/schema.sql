-- The reference cloud in one file.  Times are seconds since 1970 by the hub's clock, unless they end in _ms.

CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT;

CREATE TABLE IF NOT EXISTS sites (
    site INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    address TEXT NOT NULL,
    groups TEXT NOT NULL DEFAULT '[]',
    device BLOB,                              -- public key; NULL until enrolled
    enrolled_at INTEGER,
    epoch INTEGER NOT NULL DEFAULT 0,         -- epochs.number of the one that goes on; 0: nothing came yet
    seq INTEGER NOT NULL DEFAULT 0,           -- the watermark
    hash BLOB NOT NULL DEFAULT x'',
    health BLOB NOT NULL DEFAULT x'',
    seen_at INTEGER,
    nonce BLOB NOT NULL DEFAULT x'',          -- the site's, for orders to open
    nonce_at INTEGER NOT NULL DEFAULT 0,
    keys TEXT NOT NULL DEFAULT '[]',          -- ids of the keys that the site has reported, hexadecimal
    last_order INTEGER NOT NULL DEFAULT 0,
    handled_order INTEGER NOT NULL DEFAULT 0,
    standing_version INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE IF NOT EXISTS claims (
    digest BLOB PRIMARY KEY,                  -- SHA-256 of the code; the code itself is not kept
    site INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    device BLOB                               -- the first key that presented it; no other may
) STRICT;

CREATE TABLE IF NOT EXISTS epochs (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    site INTEGER NOT NULL,
    epoch BLOB NOT NULL,
    before_seq INTEGER NOT NULL,              -- the place before the first row that came
    before_hash BLOB NOT NULL,
    seq INTEGER NOT NULL,                     -- the last row that came
    hash BLOB NOT NULL,
    fork_epoch BLOB,
    fork_seq INTEGER,
    began_at INTEGER NOT NULL,
    how TEXT NOT NULL,                        -- first, fork, anew, gap
    anchor BLOB NOT NULL,                     -- the newest envelope's head, signed by the device
    UNIQUE (site, epoch)
) STRICT;

CREATE TABLE IF NOT EXISTS events (
    epoch INTEGER NOT NULL,                   -- epochs.number
    seq INTEGER NOT NULL,
    boot INTEGER NOT NULL,
    mono_ms INTEGER NOT NULL,
    wall_ms INTEGER NOT NULL,
    trust TEXT NOT NULL,
    kind TEXT NOT NULL,
    payload BLOB NOT NULL,
    hash BLOB NOT NULL,
    received_at INTEGER NOT NULL,
    PRIMARY KEY (epoch, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS gaps (             -- declared by the site: these rows will never come
    epoch INTEGER NOT NULL,
    after INTEGER NOT NULL,
    before_seq INTEGER NOT NULL,              -- the place before the first row that came behind it
    before_hash BLOB NOT NULL,
    declared_at INTEGER NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS besides (          -- particulars; erased with the event that says so
    site INTEGER NOT NULL,
    subject TEXT NOT NULL,
    name TEXT NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (site, subject, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS parcels (          -- what the events add up to, and what was announced
    site INTEGER NOT NULL,
    parcel TEXT NOT NULL,
    reservation TEXT NOT NULL DEFAULT '',
    carrier TEXT NOT NULL DEFAULT '',
    state TEXT NOT NULL DEFAULT 'announced',
    door INTEGER NOT NULL DEFAULT 0,
    size TEXT NOT NULL DEFAULT 'S',
    parcel_kind TEXT NOT NULL DEFAULT 'pickup',
    hold_s INTEGER NOT NULL DEFAULT 0,
    hold_until INTEGER NOT NULL DEFAULT 0,
    second_factor INTEGER NOT NULL DEFAULT 0,
    told_ms INTEGER NOT NULL DEFAULT 0,       -- wall time of the site at its last event
    PRIMARY KEY (site, parcel)
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS particulars (      -- the hub's own, of what it announced; erased like besides
    site INTEGER NOT NULL,
    parcel TEXT NOT NULL,
    tracking TEXT NOT NULL DEFAULT '',
    recipient TEXT NOT NULL DEFAULT '',
    pin BLOB,                                 -- verifier
    PRIMARY KEY (site, parcel)
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS reservations (
    site INTEGER NOT NULL,
    reservation TEXT NOT NULL,
    carrier TEXT NOT NULL,
    purpose TEXT NOT NULL,
    generation INTEGER NOT NULL DEFAULT 0,
    expires_at INTEGER NOT NULL,
    second_factor INTEGER NOT NULL DEFAULT 0,
    revoked INTEGER NOT NULL DEFAULT -1,      -- up to and with this generation
    PRIMARY KEY (site, reservation)
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS orders (
    site INTEGER NOT NULL,
    number INTEGER NOT NULL,
    kind TEXT NOT NULL,
    signed BLOB NOT NULL,                     -- emptied when handled: it may carry particulars
    issued_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    result TEXT NOT NULL DEFAULT '',          -- of the event order_handled; empty until it came
    PRIMARY KEY (site, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS unheard (          -- orders that were given before the site had asked the hub that runs
    site INTEGER NOT NULL,
    number INTEGER NOT NULL,
    life INTEGER NOT NULL,                    -- of the opening of this file in which it was given
    PRIMARY KEY (site, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS troubles (         -- faults and alarms that were raised and not cleared
    site INTEGER NOT NULL,
    class TEXT NOT NULL,
    what TEXT NOT NULL,
    which TEXT NOT NULL,
    detail TEXT NOT NULL,
    PRIMARY KEY (site, class, what, which)
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS badges (           -- what the roster is signed from
    badge TEXT PRIMARY KEY,
    site INTEGER NOT NULL,                    -- or group
    entry BLOB NOT NULL                       -- JSON of an entry of the roster; the PIN only as its verifier
) STRICT, WITHOUT ROWID;
