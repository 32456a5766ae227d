"""Counts the words of a text file: reads PAWL_INPUT, writes PAWL_OUTPUT and words.csv."""

import collections
import csv
import json
import os
import re
import sys


def main() -> int:
    with open(os.environ["PAWL_INPUT"], encoding="utf-8") as file:
        arguments = json.load(file)
    try:
        with open(arguments["text"], encoding="utf-8") as file:
            text = file.read()
    except UnicodeDecodeError:
        print("the text is not UTF-8", file=sys.stderr)
        return 2
    if arguments["fold_case"]:
        text = text.casefold()
    print("pawl: progress 0.5 counting")
    words = re.findall(r"\w+", text)
    top = collections.Counter(words).most_common(arguments["top"])
    with open("words.csv", "w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("word", "count"), *top])
    output = {"words": len(words), "distinct": len(set(words)), "top": top}
    with open(os.environ["PAWL_OUTPUT"], "w", encoding="utf-8") as file:
        json.dump(output, file)
    print("pawl: progress 1.0 done")
    return 0


if __name__ == "__main__":
    sys.exit(main())
