"""Write docs/vectors anew."""

from tests.vectors import FOLDER, all_files

FOLDER.mkdir(parents=True, exist_ok=True)
for file_name, content in all_files().items():
    (FOLDER / file_name).write_text(content, encoding="utf-8")
    print(f"{FOLDER.name}/{file_name}: {len(content)} characters")
