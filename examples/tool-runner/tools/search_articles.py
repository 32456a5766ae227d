#!/usr/bin/env python3
import argparse
import json
import re
from pathlib import Path

from _articles import plain, read_all, say


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--query", required=True)
    parser.add_argument("--limit", type=int, default=10)
    parser.add_argument("--tag", action="append", default=[])
    asked = parser.parse_args()

    words = re.findall(r"\w+", asked.query.lower())
    found = []
    articles = read_all()
    for i, article in enumerate(articles):
        say(i / len(articles), article["title"])
        if not set(asked.tag) <= set(article["tags"]):
            continue
        text = plain(article["body"])
        score = sum(5 * article["title"].lower().count(w) + text.lower().count(w) for w in words)
        if score:
            place = min((p for p in (text.lower().find(w) for w in words) if p >= 0), default=0)
            found.append({
                "article": article["id"],
                "title": article["title"],
                "score": score,
                "excerpt": " ".join(text[max(0, place - 40):place + 80].split()),
            })
    found.sort(key=lambda hit: (-hit["score"], hit["article"]))
    hits = {"query": asked.query, "hits": found[: asked.limit]}
    Path("search_articles.json").write_text(json.dumps(hits, indent=2, ensure_ascii=False) + "\n")
    for hit in hits["hits"]:
        print(f"{hit['score']:4}  {hit['title']}: {hit['excerpt']}")


if __name__ == "__main__":
    main()
