"""The page as a text: nothing from outside becomes markup, and all that it loads stands in it."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import replace
from html.parser import HTMLParser
from typing import TYPE_CHECKING

from builders import finding

from reviewbot.changes import patch
from reviewbot.core.finding import Placement, Severity
from reviewbot.core.review import Review, Section, Source, Verdict
from reviewbot.output.report import diffs as diffs_of
from reviewbot.output.report.diffs import diffs
from reviewbot.output.report.page import page

if TYPE_CHECKING:
    import pytest

EVIL = '</script><script>alert(1)</script><img src=x onerror="alert(2)">{{ 7 * 7 }}\u202e'
DIFF = """\
diff --git a/app/x.py b/app/x.py
--- a/app/x.py
+++ b/app/x.py
@@ -1,3 +1,4 @@
 import os
-a = 1
+a = "</script><b>"
+# café
 def f(): pass
@@ -10,2 +11,2 @@ def g():
 x
-y
+z
"""


class Reader(HTMLParser):
    """Collects what a browser would see: elements with their attributes, and the text of scripts and styles."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.inside = ""
        self.texts: dict[str, list[str]] = {"script": [], "style": []}
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self.inside = tag if tag in self.texts else ""

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.texts[self.inside].append(data)
            self.inside = ""


def evil() -> Review:
    one = finding(path=f"app/{EVIL}.py", title=EVIL, body=f"{EVIL}\n\n`{EVIL}`", evidence=EVIL)
    shown = replace(one, check=EVIL, item=EVIL, fingerprint=EVIL, placement=Placement.INLINE)
    return Review(Source("patch"), ("checks",), Verdict.FINDINGS, findings=(shown,), remarks=(EVIL,))


def test_a_check_is_linked_to_its_page_where_there_is_one() -> None:
    shown = replace(finding(path="app/x.py"), placement=Placement.INLINE, fingerprint="f" * 16)
    made = Review(Source("patch"), ("checks",), Verdict.FINDINGS, findings=(shown,))
    address = "https://github.com/acme/bot/blob/v0/docs/checks/query-in-loop.md"
    links = [
        attributes.get("href")
        for name, attributes in Reader(page(made, None, lambda _: address)).elements
        if name == "a"
    ]
    assert links.count(address) == 1
    assert "https:" not in page(made, None)


def test_hostile_text_makes_no_element_and_no_attribute() -> None:
    text = page(evil(), patch.read(DIFF.encode()))
    read = Reader(text)
    assert not [name for name, _ in read.elements if name in {"img", "b", "iframe", "object", "svg"}]
    assert len([name for name, _ in read.elements if name == "script"]) == 2
    assert not [key for _, attributes in read.elements for key in attributes if key.startswith("on")]
    assert "\u202e" not in text
    # What looks like a template's own words is none.
    assert text.count("{{ 7 * 7 }}") > 3


MARKDOWN = """\
1. **Bind** the `value`.
2. Then:
   - <b>x</b>
   - [a](javascript:alert) ![b](c)

> quoted

```html
<script>
```

| a | b |
|---|---|
| c | d |
"""


def test_code_in_a_comment_is_a_block_of_code() -> None:
    body = "Load them first:\n\n```python\nrows = <b>load</b>()\n```\n"
    text = page(Review(Source("patch"), ("checks",), Verdict.FINDINGS, findings=(finding(body=body),)), None)
    assert '<pre tabindex="0">rows = &lt;b&gt;load&lt;/b&gt;()\n</pre>' in text
    assert "```" not in text.partition("<script")[0]


def test_sections_are_lists_and_stand_after_the_checklist() -> None:
    section = Section("agent", "Recommended Approach", MARKDOWN)
    text = page(Review(Source("patch"), ("checks",), Verdict.FINDINGS, sections=(section,)), None)
    ledger = text.partition('<section id="ledger"')[2].partition("</section>")[0]
    assert ledger.index("no checklist items") < ledger.index("<h3>Recommended Approach</h3>")
    made = [tag for tag, _ in Reader(ledger.partition("Approach</h3>")[2]).elements]
    lists = ["ol", "li", "strong", "code", "li", "ul", "li", "li"]
    assert made == [*lists, "blockquote", "p", "pre", "table", "tr", "th", "th", "tr", "td", "td"]
    assert "&lt;b&gt;x&lt;/b&gt;" in ledger
    assert "[a](javascript:alert) ![b](c)" in ledger


def test_only_severities_that_there_are_can_be_chosen() -> None:
    def chosen(*severities: Severity) -> list[str | None]:
        found = tuple(finding(severity=severity, placement=Placement.INLINE) for severity in severities)
        reader = Reader(page(Review(Source("patch"), ("checks",), Verdict.FINDINGS, findings=found), None))
        return [attrs["value"] for tag, attrs in reader.elements if tag == "input"]

    assert chosen(Severity.LOW, Severity.HIGH, Severity.LOW) == ["high", "low"]
    assert chosen() == []


def test_only_what_stands_in_the_page_may_run() -> None:
    read = Reader(page(evil(), None))
    policy = next(a["content"] or "" for name, a in read.elements if name == "meta" and a.get("http-equiv"))
    for kind, text in (("style", read.texts["style"][0]), ("script", read.texts["script"][1])):
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none';")
    links = [a[key] or "" for _, a in read.elements for key in ("href", "src", "action") if key in a]
    assert links
    assert all(link.startswith("#") for link in links)


def test_the_diff_is_there_as_data() -> None:
    text = page(evil(), patch.read(DIFF.encode()))
    (file,) = json.loads(Reader(text).texts["script"][0])
    assert [(hunk["old"], hunk["new"]) for hunk in file["hunks"]] == [(1, 1), (10, 11)]
    lines = [
        (mark, tokens if isinstance(tokens, str) else "".join(tokens[1::2]))
        for mark, tokens in file["hunks"][0]["lines"]
    ]
    changed = [("-", "a = 1"), ("+", 'a = "</script><b>"'), ("+", "# café")]
    assert lines == [(" ", "import os"), *changed, (" ", "def f(): pass")]


def test_code_is_highlighted_as_far_as_there_is_time(monkeypatch: pytest.MonkeyPatch) -> None:
    changes = patch.read(DIFF.encode())
    (file,) = diffs(changes, [])
    assert file["hunks"][0]["lines"][0] == (" ", ["kn", "import", "w", " ", "nn", "os"])
    monkeypatch.setattr(diffs_of, "MOST_HIGHLIGHTED", 10)
    (file,) = diffs(changes, [])
    assert file["hunks"][0]["lines"][0] == (" ", "import os")


def test_what_lies_between_hunks_is_there_where_the_file_is_known() -> None:
    changes = patch.read(DIFF.encode())
    (known,) = changes.files
    text = "import os\n" + "\n".join(f"line_{n} = {n}" for n in range(2, 13))
    whole = replace(known, new_text=text, old_text="import os\n")
    (file,) = diffs(replace(changes, files=(whole,)), [])
    assert file["text"][6] == "line_7 = 7"
    assert diffs(changes, [])[0]["text"] == []
