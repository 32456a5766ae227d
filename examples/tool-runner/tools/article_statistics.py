#!/usr/bin/env python3
"""Counts words, sentences and links of every article, and how long it takes to read."""

import argparse
import csv
import json
import re
from pathlib import Path

from _articles import plain, read_all, say


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-c", "--category", help="only articles of this category")
    parser.add_argument("--words-per-minute", type=int, default=220, help="of a reader (default: %(default)s)")
    parser.add_argument("--csv", action="store_true", help="write a table besides")
    asked = parser.parse_args()
    if asked.words_per_minute < 1:
        parser.error("--words-per-minute: want at least 1")

    rows = []
    articles = [a for a in read_all() if not asked.category or a["category"] == asked.category]
    for i, article in enumerate(articles):
        say(i / len(articles), article["title"])
        text = plain(article["body"])
        words = re.findall(r"\w+", text)
        rows.append({
            "article": article["id"],
            "words": len(words),
            "sentences": len(re.findall(r"[.!?](?:\s|$)", text)),
            "links": len(article["links"]),
            "seconds": round(60 * len(words) / asked.words_per_minute),
        })
    whole = {"articles": len(rows), "words": sum(r["words"] for r in rows), "each": rows}
    Path("article_statistics.json").write_text(json.dumps(whole, indent=2) + "\n")
    if asked.csv and rows:
        with open("article_statistics.csv", "w", newline="") as out:
            table = csv.DictWriter(out, rows[0].keys())
            table.writeheader()
            table.writerows(rows)
    print(f"{whole['articles']} articles, {whole['words']} words")


if __name__ == "__main__":
    main()
