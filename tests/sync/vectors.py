"""The vectors of the sync: envelopes and watermarks, bytes in and meaning out.  `python -m tests.sync.vectors`.

Signatures and chains are the same on every machine.  Compressed bodies may differ between releases of zstd, so the
test compares what they mean, and reads the bytes that stand in the file.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import zstandard
from msgspec import structs

from edge.core import cose
from edge.core.errors import LockerError
from edge.core.rows import Beside, Epoch, Fork, Head, Row, Stamp, Watermark, genesis, link
from sync.envelope import MAX_RAW_BYTES, Batch, Gap, LeftOut, seal, split, unseal
from sync.hub.doorkeeper import status_of
from sync.signed import MessageType, digest, key_id, public_of
from sync.watermark import Past, Reply, TheirEpoch, WhyNot, judge, sign_reply
from tests.credentials.known_keys import COMMAND, NOW_S, SITE, private, seed

FOLDER: Final = Path(__file__).parents[2] / "docs" / "vectors"
DEVICE: Final = private("device")
EPOCH: Final = bytes.fromhex("e0e0e0e0e0e0e001")
LATER: Final = bytes.fromhex("e0e0e0e0e0e0e002")
FOREIGN: Final = bytes.fromhex("f0f0f0f0f0f0f001")
BEGIN: Final = Head(0, genesis(SITE, EPOCH))
PARCEL: Final = "6602170f0478645d"
TO: Final = digest(b"the request that is answered")


def follow(before: Head, *said: tuple[str, bytes]) -> tuple[Row, ...]:
    rows: list[Row] = []
    previous = before.hash
    for seq, (kind, payload) in enumerate(said, start=before.seq + 1):
        rows.append(link(previous, seq, Stamp(3, 1000 * seq, 1000 * (NOW_S + seq), "ntp"), kind, payload))
        previous = rows[-1].hash
    return tuple(rows)


def end(rows: tuple[Row, ...]) -> Head:
    return Head(rows[-1].seq, rows[-1].hash)


ROWS: Final = follow(
    BEGIN,
    ("door_opened", b'{"door":7,"opening":1,"evidence":"switch"}'),
    ("parcel_deposited", b'{"parcel":"6602170f0478645d","door":7}'),
    ("a_kind_of_a_later_release", b"\x00\xff"),
)
FORK: Final = Fork(EPOCH, 2, ROWS[1].hash)
LATER_BEGIN: Final = Head(2, genesis(SITE, LATER))
LATER_ROWS: Final = follow(LATER_BEGIN, ("epoch_begun", b'{"reason":"foreign_hash"}'))
PLAIN: Final = Batch(site=SITE, epoch=EPOCH, before=BEGIN, rows=ROWS, sent_at_s=NOW_S)
BESIDE: Final = Beside(PARCEL, "particulars", bytes(16) + b'{"tracking":"01906812345678"}')

GOOD: Final[dict[str, Batch]] = {
    "the first rows of a journal": PLAIN,
    "the rows that follow": structs.replace(PLAIN, before=end(ROWS[:2]), rows=ROWS[2:]),
    "particulars beside a row, health": structs.replace(PLAIN, besides=((2, BESIDE),), health=b'{"doors":24}'),
    "no rows: where the site stands": structs.replace(PLAIN, before=end(ROWS), rows=()),
    "a new epoch that names its fork": structs.replace(
        PLAIN, epoch=LATER, before=LATER_BEGIN, rows=LATER_ROWS, fork=FORK
    ),
    "a declared gap": structs.replace(PLAIN, before=end(ROWS[:2]), rows=ROWS[2:], gap=Gap(1)),
    "something too large was left out": structs.replace(PLAIN, left_out=(LeftOut(2, PARCEL, "photo"),)),
}


def _head(**changes: Any) -> Callable[[bytes], bytes]:
    def altered(sealed: bytes) -> bytes:
        head, body = split(sealed)
        claims = cose.decode(cose.read_sign1(head, 1024, MessageType.BATCH).payload, 1024) | changes
        return cose.encode([cose.sign(cose.encode(claims), key_id(public_of(DEVICE)), DEVICE, MessageType.BATCH), body])

    return altered


def _body(body: bytes) -> Callable[[bytes], bytes]:
    return lambda sealed: cose.encode([split(_head(body=digest(body))(sealed))[0], body])


def _rows(rows: list[list[Any]]) -> Callable[[bytes], bytes]:
    return _body(zstandard.compress(cose.encode({"rows": rows})))


_WIRE: Final = [[r.boot, r.mono_ms, r.wall_ms, r.trust, r.kind, r.payload] for r in ROWS]

REFUSED: Final[dict[str, Callable[[bytes], bytes]]] = {
    "signed by another key": lambda _: seal(PLAIN, private("somebody")),
    "a row is missing": _rows(_WIRE[:2]),
    "two rows changed places": _rows([_WIRE[1], _WIRE[0], _WIRE[2]]),
    "a payload was altered": _rows([*_WIRE[:2], [*_WIRE[2][:5], b"\x00\xfe"]]),
    "another hash before": _head(before=bytes(32)),
    "another hash after": _head(after=bytes(32)),
    "the body is not the one that was signed": lambda sealed: cose.encode([split(sealed)[0], split(sealed)[1] + b"\0"]),
    "something after the frame": lambda sealed: _body(split(sealed)[1] + b"\0")(sealed),
    "unpacks to five mebibytes": _body(zstandard.compress(bytes(5 * 1024 * 1024))),
    "not canonical": lambda sealed: b"\x9f" + sealed[1:] + b"\xff",
    "nothing": lambda _: b"",
}


def envelope() -> dict[str, Any]:
    sealed = {name: seal(batch, DEVICE) for name, batch in GOOD.items()}
    plain = sealed["the first rows of a journal"]
    return {
        "given": {
            "site": SITE,
            "device_seed": seed("device").hex(),
            "device_public": public_of(DEVICE).hex(),
            "genesis": BEGIN.hash.hex(),
        },
        "good": [{"name": name, "in": data.hex(), **meaning(data)} for name, data in sealed.items()],
        "refused": [_refused(name, alter(plain)) for name, alter in REFUSED.items()],
    }


def meaning(sealed: bytes) -> dict[str, Any]:
    """What an envelope says."""
    batch = unseal(sealed, public_of(DEVICE))
    packed = split(sealed)[1]
    fork, gap = batch.fork, batch.gap
    return {
        "body": zstandard.ZstdDecompressor().decompress(packed, max_output_size=MAX_RAW_BYTES).hex(),
        "epoch": batch.epoch.hex(),
        "before": _place(batch.before),
        "end": _place(batch.end),
        "rows": [_row(row) for row in batch.rows],
        "besides": [[seq, b.subject, b.name, b.body.hex(), b.until_erased] for seq, b in batch.besides],
        "left_out": [[left.seq, left.subject, left.name] for left in batch.left_out],
        "fork": {"epoch": fork.epoch.hex(), **_place(Head(fork.seq, fork.hash))} if fork else None,
        "gap_after": gap.after if gap else None,
        "sent_at": batch.sent_at_s,
        "health": batch.health.decode(),
    }


def refusal(sealed: bytes) -> int | None:
    """The status with which a hub refuses, None where it does not."""
    try:
        unseal(sealed, public_of(DEVICE))
    except LockerError as error:
        return status_of(error)
    return None


def _refused(name: str, sealed: bytes) -> dict[str, Any]:
    status = refusal(sealed)
    assert status is not None, name
    return {"name": name, "in": sealed.hex(), "status": status}


def _row(row: Row) -> dict[str, Any]:
    return {
        "seq": row.seq,
        "boot": row.boot,
        "mono_ms": row.mono_ms,
        "wall_ms": row.wall_ms,
        "trust": row.trust,
        "kind": row.kind,
        "payload": row.payload.hex(),
        "hash": row.hash.hex(),
    }


def _place(place: Head) -> dict[str, Any]:
    return {"seq": place.seq, "hash": place.hash.hex()}


# -- watermarks

LINE: Final = follow(BEGIN, *[("door_closed", b'{"door":7}')] * 9)
PAST: Final = Past(SITE, (Epoch(EPOCH, 1),), BEGIN, end(LINE))
COMPACTED: Final = structs.replace(PAST, base=end(LINE[:5]))
LEFT: Final = Past(
    SITE,
    (Epoch(EPOCH, 1), Epoch(LATER, 7, Fork(EPOCH, 6, LINE[5].hash))),
    BEGIN,
    end(follow(Head(6, genesis(SITE, LATER)), *[("door_closed", b'{"door":7}')] * 3)),
)
PASTS: Final = {"whole": PAST, "compacted": COMPACTED, "forked": LEFT}
SENT, COUNTED = 8, 6
STRANGE: Final = bytes(31) + b"\x01"


def reply(epoch: bytes, seq: int, row_hash: bytes, **more: Any) -> Reply:
    said = Reply(site=SITE, epoch=epoch, seq=seq, hash=row_hash, to=TO, issued_at=NOW_S)
    return structs.replace(said, **more)


def mark(seq: int) -> Reply:
    return reply(EPOCH, seq, LINE[seq - 1].hash)


REPLIES: Final[dict[str, tuple[str, Reply]]] = {
    "all that was sent": ("whole", mark(8)),
    "less than was sent": ("whole", mark(7)),
    "ours, but beyond what was sent": ("whole", mark(9)),
    "beyond the head": ("whole", reply(EPOCH, 10, STRANGE)),
    "a foreign hash": ("whole", reply(EPOCH, 7, STRANGE, why_not=WhyNot.OTHER_HASH)),
    "the hub was restored": ("whole", reply(EPOCH, 4, LINE[3].hash, why_not=WhyNot.GAP, agrees=False)),
    "the hub was restored, and rows are compacted": ("compacted", reply(EPOCH, 4, LINE[3].hash, why_not=WhyNot.GAP)),
    "the hub has nothing": ("whole", reply(bytes(8), 0, bytes(32), theirs=TheirEpoch.UNKNOWN)),
    "the hub has more of the epoch that we left": ("forked", reply(EPOCH, 9, STRANGE, theirs=TheirEpoch.UNKNOWN)),
    "a former card's epoch": ("whole", reply(FOREIGN, 50, STRANGE, theirs=TheirEpoch.UNKNOWN)),
    "a twin went on": ("whole", reply(FOREIGN, 50, STRANGE, theirs=TheirEpoch.SUPERSEDED, why_not=WhyNot.SUPERSEDED)),
    "of another site": ("whole", structs.replace(mark(8), site=SITE + 1)),
}


def watermark() -> dict[str, Any]:
    return {
        "given": {
            "site": SITE,
            "hub_seed": seed("command").hex(),
            "hub_public": COMMAND.key.public.hex(),
            "kid": COMMAND.key.kid.hex(),
            "request_sha256": TO.hex(),
            "sent": SENT,
            "counted": COUNTED,
            "pasts": {name: _past(past) for name, past in PASTS.items()},
        },
        "good": [_judged(name, past, said) for name, (past, said) in REPLIES.items()],
        "refused": [
            {"name": name, "in": data.hex(), "reason": reason} for name, (data, reason) in refused_replies().items()
        ],
    }


def refused_replies() -> dict[str, tuple[bytes, str]]:
    good = sign_reply(mark(8), COMMAND.private, COMMAND.key.kid)
    flipped = bytearray(good)
    flipped[-1] ^= 1
    other = sign_reply(structs.replace(mark(8), to=bytes(32)), COMMAND.private, COMMAND.key.kid)
    return {
        "signed by another key": (sign_reply(mark(8), private("somebody"), COMMAND.key.kid), "bad_signature"),
        "one bit of the signature": (bytes(flipped), "bad_signature"),
        "the answer to another request": (other, "other_request"),
        "cut short": (good[:-1], "malformed"),
        "something after it": (good + b"\0", "malformed"),
    }


def _judged(name: str, past: str, said: Reply) -> dict[str, Any]:
    return {
        "name": name,
        "in": sign_reply(said, COMMAND.private, COMMAND.key.kid).hex(),
        "says": {"epoch": said.epoch.hex(), "seq": said.seq, "hash": said.hash.hex(), "theirs": said.theirs},
        "past": past,
        "verdict": verdict_of(PASTS[past], said),
    }


def verdict_of(past: Past, said: Reply) -> dict[str, Any]:
    """The verdict of the judge, plain."""
    verdict = judge(said, past, SENT, COUNTED, our_hash(past, said))
    fields = structs.asdict(verdict)
    fields = {name: _plain(value) for name, value in fields.items() if value is not None}
    return {"verdict": type(verdict).__name__.lower(), **fields}


def our_hash(past: Past, said: Reply) -> bytes | None:
    here = said.epoch == EPOCH and past.base.seq <= said.seq <= past.end_of(0) and said.seq > 0
    return LINE[said.seq - 1].hash if here else None


def _plain(value: Any) -> Any:
    if isinstance(value, Watermark):
        return {"epoch": value.epoch.hex(), "seq": value.seq}
    return {"after": value.after} if isinstance(value, Gap) else value


def _past(past: Past) -> dict[str, Any]:
    return {
        "epochs": [
            {"epoch": life.epoch.hex(), "first": life.first_seq, "fork_after": life.fork.seq if life.fork else None}
            for life in past.epochs
        ],
        "base": _place(past.base),
        "head": _place(past.head),
    }


FILES: Final = {"envelope.json": envelope, "watermark.json": watermark}


def written(content: dict[str, Any]) -> str:
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    for file_name, make in FILES.items():
        (FOLDER / file_name).write_text(written(make()), encoding="utf-8")
        print(f"{FOLDER.name}/{file_name}")
