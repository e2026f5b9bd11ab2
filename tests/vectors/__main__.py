"""Write docs/vectors anew, and the pages that are made from the code."""

from tests.vectors import FOLDER, all_files
from tests.vectors.catalogue import event_schema, state_tables

FOLDER.mkdir(parents=True, exist_ok=True)
for file_name, content in all_files().items():
    (FOLDER / file_name).write_text(content, encoding="utf-8")
    print(f"{FOLDER.name}/{file_name}: {len(content)} characters")
(FOLDER / "events.schema.json").write_text(event_schema(), encoding="utf-8")
(FOLDER.parent / "states.md").write_text(state_tables(), encoding="utf-8")
