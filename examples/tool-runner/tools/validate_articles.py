#!/usr/bin/env python3
"""Looks for links that lead nowhere, articles nobody links to, and front matter that lacks a field."""

import argparse
import sys
from pathlib import Path

from _articles import read_all, say


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--strict", action="store_true", help="fail when anything is wrong")
    parser.add_argument("--require", nargs="+", default=["title", "category"], help="fields that must be there")
    asked = parser.parse_args()

    articles = read_all()
    names = {a["id"] for a in articles}
    linked = {link for a in articles for link in a["links"]}
    wrong = []
    for i, article in enumerate(articles):
        say(i / len(articles), article["title"])
        wrong += [f"{article['id']}: {f} is missing" for f in asked.require if not article["fields"].get(f)]
        wrong += [f"{article['id']}: no article is {link}.md" for link in article["links"] if link not in names]
        if article["id"] not in linked:
            wrong.append(f"{article['id']}: nobody links to it")
    Path("validate_articles.txt").write_text("".join(line + "\n" for line in wrong) or "all is well\n")
    for line in wrong:
        print(line, file=sys.stderr)
    print(f"{len(articles)} articles, {len(wrong)} remarks")
    if wrong and asked.strict:
        sys.exit(1)


if __name__ == "__main__":
    main()
