"""The page as people use it: in Chromium, where there is one."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from gitrepo import GitRepo

from reviewbot.cli import main
from reviewbot.core.review import Review, Section, Source, Verdict
from reviewbot.output.report.page import page

if TYPE_CHECKING:
    from collections.abc import Iterator

    from selenium.webdriver import Chrome

EXAMPLES = Path(__file__).parents[2] / "examples"
DRIVER, BROWSER = shutil.which("chromedriver"), shutil.which("chromium") or shutil.which("google-chrome")
OPTIONS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update", "--window-size=1280,900"),
)
pytestmark = pytest.mark.skipif(not (DRIVER and BROWSER), reason="needs Chromium and chromedriver")
# The widest element that reaches over the right edge, other than what scrolls by itself.
OVERFLOW = """
return document.documentElement.scrollWidth - document.documentElement.clientWidth;
"""


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    from selenium.webdriver import Chrome, ChromeOptions, ChromeService

    options = ChromeOptions()
    options.binary_location = str(BROWSER)
    for option in (*OPTIONS, f"--user-data-dir={tmp_path_factory.mktemp('profile')}"):
        options.add_argument(option)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    chrome = Chrome(options, ChromeService(str(DRIVER)))
    yield chrome
    chrome.quit()


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> str:
    out = tmp_path_factory.mktemp("report") / "r.html"
    assert main.main(["review", str(EXAMPLES / "sinag-validation.diff"), "--output", str(out)]) == 0
    return out.as_uri()


@pytest.fixture(scope="module")
def with_table(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Give a report in which an agent's section has a table and a list."""
    body = "| file | risk |\n|---|---|\n| `a.py` | high |\n| b.py | low |\n\n1. One\n2. Two\n\n> Said."
    made = Review(Source("patch"), ("checks",), Verdict.NO_FINDINGS, sections=(Section("x", "Risks", body),))
    out = tmp_path_factory.mktemp("table") / "r.html"
    out.write_text(page(made, None), encoding="utf-8")
    return out.as_uri()


def press(browser: Chrome, keys: str) -> None:
    from selenium.webdriver import ActionChains

    ActionChains(browser).send_keys(keys).perform()


def shown(browser: Chrome) -> list[str]:
    script = "return [...document.querySelectorAll('.findings li')].filter(e => !e.hidden).map(e => e.dataset.for)"
    ids: list[str] = browser.execute_script(script)
    return ids


def focused(browser: Chrome) -> str:
    where: str = browser.execute_script("return document.activeElement.id")
    return where


def test_it_opens_without_complaints_and_comments_stand_at_their_lines(browser: Chrome, report: str) -> None:
    browser.get(report)
    first = browser.execute_script("return document.querySelector('td.talk').parentElement.previousSibling.innerText")
    assert "27" in first
    assert "@router.post" in first
    assert len(shown(browser)) == 9
    complaints: list[Any] = browser.get_log("browser")  # type: ignore[no-untyped-call]  # selenium has no type for it
    assert complaints == []


def test_filters_leave_what_was_asked_for(browser: Chrome, report: str) -> None:
    from selenium.webdriver.support.select import Select

    browser.get(report)
    browser.find_element("css selector", "input[value=medium]").click()
    assert len(shown(browser)) == 2
    assert browser.find_element("id", "shown").text == "2 of 9 findings"
    chosen = Select(browser.find_element("css selector", "select[name=check]"))
    chosen.select_by_visible_text("sql-built-from-strings")
    assert len(shown(browser)) == 1


def test_entries_that_a_filter_hides_are_not_counted_one_by_one(browser: Chrome, report: str) -> None:
    browser.get(report)
    script = "return getComputedStyle(document.querySelector('.findings li')).display"
    assert browser.execute_script(script) == "block", "of thousands of list items the square would be counted"


def test_keys_go_from_finding_to_finding(browser: Chrome, report: str) -> None:
    browser.get(report)
    first, second, *_, last = shown(browser)
    press(browser, "n")
    assert focused(browser) == first
    press(browser, "n")
    assert (focused(browser), browser.current_url.rpartition("#")[2]) == (second, second)
    press(browser, "pp")
    assert focused(browser) == last
    press(browser, "?")
    assert browser.find_element("id", "keys").is_displayed()


def test_the_keys_work_on_from_within_the_filters(browser: Chrome, report: str) -> None:
    browser.get(report)
    press(browser, "f")
    kind = "return document.activeElement.type"
    assert browser.execute_script(kind) == "checkbox"
    press(browser, " ")
    assert len(shown(browser)) < 9, "the box has its own key"
    press(browser, "n")
    assert focused(browser) == shown(browser)[0]
    browser.execute_script("document.querySelector('select[name=check]').focus()")
    press(browser, "n")
    assert browser.execute_script(kind) == "select-one", "a list goes by letters"
    press(browser, "\ue00c")  # Escape
    assert browser.execute_script("return document.activeElement === document.body")
    press(browser, "n")
    assert focused(browser) == shown(browser)[0]


def test_a_link_leads_to_its_finding_also_in_the_split_view(browser: Chrome, report: str) -> None:
    browser.get(report)
    wanted = shown(browser)[4]
    browser.get("about:blank")
    browser.get(f"{report}#{wanted}")
    assert focused(browser) == wanted
    press(browser, "s")
    place = f"return document.getElementById('{wanted}').closest('table').className"
    assert browser.execute_script(place) == "split"


def test_tabs_show_ledger_and_coverage(browser: Chrome, report: str) -> None:
    browser.get(report)
    assert not browser.find_element("id", "ledger").is_displayed()
    browser.find_element("id", "tab-ledger").click()
    ledger = browser.find_element("id", "ledger").text
    assert "checklist items decided" in ledger
    assert "n-plus-one: " in ledger, "what an item asks for is there to be read"
    press(browser, "\ue014")  # the right arrow
    coverage = browser.find_element("id", "coverage")
    assert coverage.is_displayed()
    assert "partly reviewed" in coverage.text
    assert "partial " not in coverage.text
    assert "Why this agent" in coverage.text
    assert "Grade " not in coverage.text, "it is folded"


@pytest.fixture(scope="module")
def wide_report(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A report with code far wider than any window: one line that is only there, and one with a suggestion."""
    folder, words = tmp_path_factory.mktemp("wide"), ", ".join(f"word{n}" for n in range(60))
    code = [
        "from datetime import UTC, datetime",
        "async def f(db):",
        f'    other = "{words}"',
        f"    return Found({words}, at=datetime.utcnow())",
    ]
    diff = ["--- /dev/null", "+++ b/app/routers/x.py", f"@@ -0,0 +1,{len(code)} @@", *(f"+{line}" for line in code), ""]
    (folder / "x.diff").write_text("\n".join(diff))
    options = ("--agent", "sinag", "--output", str(folder / "r.html"))
    assert main.main(["review", str(folder / "x.diff"), *options]) == 0
    return (folder / "r.html").as_uri()


# Of each comment: how far it, or what is in it, reaches over the right edge of what is seen of the diff.
BEYOND = """
return [...document.querySelectorAll('.lines .finding')].map(comment => {
  const lines = comment.closest('.lines'), edge = lines.getBoundingClientRect().left + lines.clientWidth;
  return Math.max(...[comment, ...comment.children].map(part => part.getBoundingClientRect().right)) - edge;
});
"""


@pytest.mark.parametrize("width", [1280, 380])
@pytest.mark.parametrize("view", ["unified", "split"])
def test_no_comment_is_cut_at_the_right_edge(browser: Chrome, wide_report: str, width: int, view: str) -> None:
    metrics = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 500}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    try:
        browser.get(wide_report)
        if view == "split":
            press(browser, "s")
        assert browser.execute_script("return document.querySelectorAll('.talk .change').length") > 0
        assert max(browser.execute_script(BEYOND)) <= 0
        browser.execute_script("for (const lines of document.querySelectorAll('.lines')) lines.scrollLeft = 400")
        assert max(browser.execute_script(BEYOND)) <= 0
    finally:
        browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_what_lies_between_hunks_is_counted_in_words(browser: Chrome, tmp_path: Path) -> None:
    from selenium.webdriver.support.wait import WebDriverWait

    repo = GitRepo(tmp_path / "repo")
    lines = [f"a{n} = {n}" for n in range(60)]
    repo.commit({"app/x.py": "\n".join(lines)})
    lines[1], lines[5], lines[35] = "import os", "import re", "import sys"
    repo.commit({"app/x.py": "\n".join(lines)})
    out = tmp_path / "r.html"
    options = ("--repo", str(repo.folder), "--base", "HEAD~1", "--output", str(out))
    assert main.main(["review", *options]) == 0
    browser.get(out.as_uri())
    browser.execute_script("document.querySelectorAll('details').forEach(d => d.open = true)")
    labels = "return [...document.querySelectorAll('.gap button')].map(b => b.textContent)"
    WebDriverWait(browser, 5).until(lambda browser: browser.execute_script(labels))
    assert browser.execute_script(labels) == ["Show 20 of 23 lines", "Show 20 of 21 lines"]
    browser.execute_script("document.querySelectorAll('.gap button')[1].click()")
    browser.execute_script("document.querySelectorAll('.gap button')[0].click()")
    assert browser.execute_script(labels) == ["Show 3 lines", "Show 1 line"]
    press(browser, "f")
    assert browser.execute_script("return document.activeElement.tagName") in {"INPUT", "SELECT"}


def test_a_narrow_screen_has_no_overflow(browser: Chrome, report: str) -> None:
    browser.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride", {"width": 380, "height": 800, "deviceScaleFactor": 1, "mobile": True}
    )
    try:
        browser.get(report)
        assert browser.execute_script(OVERFLOW) <= 0
        press(browser, "s")
        assert browser.execute_script(OVERFLOW) <= 0
    finally:
        browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_hostile_text_is_inert(browser: Chrome, tmp_path: Path) -> None:
    evil = "</script><script>window.evil=1</script><img src=x onerror=window.evil=1>"
    code = ["async def f(db):", '    db.execute(f"{f}")', *(f"    # {evil}" for _ in range(4))]
    diff = ["--- /dev/null", "+++ b/app/services/x.py", "@@ -0,0 +1,6 @@", *(f"+{line}" for line in code), ""]
    (tmp_path / "x.diff").write_text("\n".join(diff))
    out = tmp_path / "r.html"
    assert main.main(["review", str(tmp_path / "x.diff"), "--agent", "train", "--output", str(out)]) == 0
    browser.get(out.as_uri())
    browser.execute_script("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert browser.execute_script("return window.evil") is None
    assert browser.find_elements("css selector", "img") == []


def test_a_suggestion_stands_below_what_it_replaces(browser: Chrome, tmp_path: Path) -> None:
    assert main.main(["review", str(EXAMPLES / "trainsmart-progress.diff"), "--output", str(tmp_path / "r.html")]) == 0
    browser.get((tmp_path / "r.html").as_uri())
    script = """const box = (name) => document.querySelector(`.change ${name}`).getBoundingClientRect();
      const [del, add] = [box('del'), box('ins')];
      return [del.height > 0 && del.bottom <= add.top + 1, del.left === add.left]"""
    assert browser.execute_script(script) == [True, True]


@pytest.mark.skipif(not os.environ.get("REVIEWBOT_AXE"), reason="needs axe-core (REVIEWBOT_AXE, see .ci/run)")
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("tab", ["changes", "ledger", "coverage"])
@pytest.mark.parametrize("which", ["report", "with_table"])
def test_axe_finds_nothing(browser: Chrome, request: pytest.FixtureRequest, which: str, theme: str, tab: str) -> None:
    axe = Path(os.environ["REVIEWBOT_AXE"]).read_text(encoding="utf-8")
    browser.get(request.getfixturevalue(which))
    browser.execute_script(f"document.documentElement.dataset.theme = '{theme}'")
    browser.find_element("id", f"tab-{tab}").click()
    # The page's own policy forbids scripts from elsewhere; the driver's are not bound by it.
    browser.execute_cdp_cmd("Runtime.evaluate", {"expression": axe})
    found: dict[str, Any] = browser.execute_async_script("axe.run().then(arguments[arguments.length - 1])")
    assert [(one["id"], [node["target"] for node in one["nodes"]]) for one in found["violations"]] == []
