"""Articles in Markdown with front matter, for the tools beside. Standard library only."""

import re
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "articles"
LINK = re.compile(r"\[([^\]]*)\]\(([^)\s#]+\.md)(?:#[^)]*)?\)")


def say(fraction, text):
    """Tells Pawl how far the tool is; the line does not show up in the log."""
    print(f"pawl: progress {fraction:.2f} {text}", flush=True)


def read(path):
    """An article as a dict. What the front matter leaves out is taken from the file's name."""
    text = path.read_text(encoding="utf-8")
    fields, body = {}, text
    if text.startswith("---\n") and "\n---\n" in text[4:]:
        head, body = text[4:].split("\n---\n", 1)
        for line in head.splitlines():
            key, _, value = line.partition(":")
            fields[key.strip()] = value.strip()
    tags = [tag.strip() for tag in fields.get("tags", "").strip("[]").split(",") if tag.strip()]
    return {
        "id": path.stem,
        "title": fields.get("title", path.stem),
        "category": fields.get("category", "none"),
        "tags": tags,
        "fields": fields,
        "body": body.strip(),
        "links": [target[: -len(".md")] for _, target in LINK.findall(body)],
    }


def plain(body):
    """The text without its marks."""
    return re.sub(r"[#*_`>]", "", LINK.sub(r"\1", body)).strip()


def read_all(folder=FOLDER):
    """Every article, by name."""
    return [read(path) for path in sorted(Path(folder).glob("*.md"))]
