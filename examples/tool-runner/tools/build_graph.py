#!/usr/bin/env python3
# pawl:
#   display_name: Knowledge graph
#   output_files: [build_graph.html, "knowledge_graph*.json", "knowledge_graph*.dot"]
#   icon: 🕸️
#   color: "#2a9d8f"
#   tags: [articles, links, pagerank]
#   complexity: medium
#   estimated_time: a second
#   parameters:
#     - name: format
#       choices: [json, dot, html]
#       repeats: true
#       description: "what to write; html and json unless said"
#     - {name: category, description: only articles of this category}
#     - {name: pagerank, type: boolean, default: true, description: rank articles by their links}
#     - {name: no-pagerank, type: boolean, description: leave the ranks out}
"""Builds a graph of articles and their links: ranks, bridges between topics, communities."""

import argparse
import json
import sys
from collections import deque
from pathlib import Path

from _articles import plain, read_all, say


def pagerank(nodes, out, damping=0.85, rounds=60):
    """How often a reader who follows links at random is at each article. Adds up to 1."""
    rank = {n: 1 / len(nodes) for n in nodes}
    for _ in range(rounds):
        lost = sum(rank[n] for n in nodes if not out[n])
        share = (1 - damping + damping * lost) / len(nodes)
        new = {n: share for n in nodes}
        for n in nodes:
            for target in out[n]:
                new[target] += damping * rank[n] / len(out[n])
        rank = new
    return rank


def betweenness(nodes, near):
    """Brandes 2001: on how many shortest ways between others an article lies, 0 to 1."""
    score = {n: 0.0 for n in nodes}
    for source in nodes:
        order, before, count, far = [], {n: [] for n in nodes}, {source: 1}, {source: 0}
        queue = deque([source])
        while queue:
            v = queue.popleft()
            order.append(v)
            for w in sorted(near[v]):
                if w not in far:
                    far[w] = far[v] + 1
                    queue.append(w)
                if far[w] == far[v] + 1:
                    count[w] = count.get(w, 0) + count[v]
                    before[w].append(v)
        part = {n: 0.0 for n in nodes}
        for w in reversed(order):
            for v in before[w]:
                part[v] += count[v] / count[w] * (1 + part[w])
            if w != source:
                score[w] += part[w]
    pairs = max(1, (len(nodes) - 1) * (len(nodes) - 2))
    return {n: score[n] / pairs for n in nodes}


def communities(nodes, near):
    """Each article takes the community that most of its neighbours have, until none changes."""
    label = {n: i for i, n in enumerate(nodes)}
    for _ in range(50):
        changed = False
        for n in nodes:
            votes = {}
            for m in near[n]:
                votes[label[m]] = votes.get(label[m], 0) + 1
            if votes:
                best = max(sorted(votes), key=votes.get)
                if votes[best] > votes.get(label[n], 0):
                    label[n], changed = best, True
        if not changed:
            break
    names = {old: i for i, old in enumerate(dict.fromkeys(label[n] for n in nodes))}
    return {n: names[label[n]] for n in nodes}


def graph(articles, with_pagerank):
    by_id = {a["id"]: a for a in articles}
    nodes = list(by_id)
    out = {n: [t for t in dict.fromkeys(by_id[n]["links"]) if t in by_id and t != n] for n in nodes}
    near = {n: set(out[n]) for n in nodes}
    for n in nodes:
        for target in out[n]:
            near[target].add(n)
    rank = {}
    if with_pagerank:
        say(0.4, "ranking")
        rank = pagerank(nodes, out)
    say(0.6, "looking for bridges and communities")
    between, community = betweenness(nodes, near), communities(nodes, near)
    found = []
    for n in nodes:
        node = {
            "id": n,
            "title": by_id[n]["title"],
            "category": by_id[n]["category"],
            "tags": by_id[n]["tags"],
            "text": plain(by_id[n]["body"].split("\n", 1)[-1]),
            "betweenness": round(between[n], 6),
            "community": community[n],
            "degree": len(near[n]),
        }
        if with_pagerank:
            node["pagerank"] = round(rank[n], 6)
        found.append(node)
    return {"nodes": found, "edges": [{"source": n, "target": t} for n in nodes for t in out[n]]}


def dot(found):
    quoted = json.dumps
    lines = ["digraph knowledge {", "  node [shape=box, style=rounded];"]
    lines += [f"  {quoted(n['id'])} [label={quoted(n['title'], ensure_ascii=False)}];" for n in found["nodes"]]
    lines += [f"  {quoted(e['source'])} -> {quoted(e['target'])};" for e in found["edges"]]
    return "\n".join(lines) + "\n}\n"


def html(found):
    # Within a script element the tag that ends one would end it, wherever it stands.
    data = json.dumps(found, ensure_ascii=False).replace("<", "\\u003c")
    page = Path(__file__).with_name("_graph_page.html").read_text(encoding="utf-8")
    return page.replace("/*GRAPH*/null", data)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-f", "--format", action="append", choices=["json", "dot", "html"])
    parser.add_argument("-c", "--category")
    parser.add_argument("--pagerank", dest="pagerank", action="store_true", default=True)
    parser.add_argument("--no-pagerank", dest="pagerank", action="store_false")
    asked = parser.parse_args()

    say(0.1, "reading articles")
    articles = [a for a in read_all() if not asked.category or a["category"] == asked.category]
    if not articles:
        sys.exit(f"no article is of category {asked.category!r}")
    found = graph(articles, asked.pagerank)
    writers = {
        "html": ("build_graph.html", html),
        "json": ("knowledge_graph.json", lambda g: json.dumps(g, indent=2, ensure_ascii=False) + "\n"),
        "dot": ("knowledge_graph.dot", dot),
    }
    say(0.9, "writing")
    for kind in dict.fromkeys(asked.format or ["html", "json"]):
        name, text = writers[kind]
        Path(name).write_text(text(found), encoding="utf-8")
        print(f"wrote {name}")
    print(f"{len(found['nodes'])} articles, {len(found['edges'])} links")


if __name__ == "__main__":
    main()
