"""The whole road with real parts: hub served over HTTP, real journal, sender and listener side by side on one loop."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue
from random import Random

from sync.backoff import Waits
from sync.enrol import enrol, load_device_key
from sync.hub.app import Address, HubServer, serve_hub
from sync.listener import Listener
from sync.ports import PollFacts
from sync.sender import Options, Sender
from sync.uplink import Uplink
from tests.sync.house import Admin, Clock, Locker, event, open_journal, with_particulars

AT_ONCE = Waits(first_connect_s=0)


def test_i4_rows_up_and_orders_down(tmp_path: Path) -> None:
    bound: SimpleQueue[HubServer] = SimpleQueue()
    serving = serve_hub(tmp_path / "hub", Address(), Clock(), Random(1).randbytes, carriers=("dpd",), ready=bound.put)
    thread = threading.Thread(target=lambda: asyncio.run(serving))
    thread.start()
    server = bound.get(timeout=20)
    admin = Admin(server.url, (tmp_path / "hub" / "admin.token").read_text().strip())
    admin.post("sites", site=7)
    line = Uplink(server.url)
    enrolment = enrol(line, admin.post("sites/7/claims")["claim"], tmp_path, Random(2).randbytes)
    locker = Locker(open_journal(tmp_path / "journal.db", 7, 3), load_device_key(tmp_path), enrolment)
    locker.write(*(event("door_opened", door=door) for door in range(1, 25)))
    locker.write(with_particulars("parcel_deposited", "JD0146", parcel="00112233aabbccdd", carrier="dpd", door=7))
    order = admin.post("sites/7/parcels", carrier="dpd", tracking="JD0147")["order"]
    asyncio.run(_until_both_ways_worked(locker, line))
    line.close()

    assert [row["hash"] for row in admin.get("sites/7/events")] == [row.hash.hex() for row in locker.rows_now()]
    assert [(p["tracking"], p["state"]) for p in admin.get("sites/7/parcels")] == [
        ("JD0146", "standing"),
        ("JD0147", "announced"),
    ]
    assert (order, len(locker.of("order"))) == (1, 1)
    admin.close()
    server.should_exit = True
    thread.join(20)
    assert not thread.is_alive()
    locker.journal.close()


async def _until_both_ways_worked(locker: Locker, line: Uplink) -> None:
    with ThreadPoolExecutor(1) as sending, ThreadPoolExecutor(1) as polling:
        rng, options = Random(4), Options(waits=AT_ONCE)
        sender = Sender(locker.identity, locker, line, locker, rng=rng, lane=sending, options=options)
        listener = Listener(locker.identity, line, locker, PollFacts, rng=rng, lane=polling, waits=AT_ONCE)
        tasks = [asyncio.create_task(sender.run()), asyncio.create_task(listener.run())]
        async with asyncio.timeout(30):
            while not (locker.of("watermark") and locker.of("order")):
                locker.news.clear()
                await locker.news.wait()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        line.close()  # or the poll that waits would keep its lane for half a minute
