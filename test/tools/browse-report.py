#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Uses an HTML report in headless Chromium as a reader would, and says what does not work.

    browse-report.py R.html [--screenshots DIR] [--timeout SECONDS]

The page must load nothing and report no error, whatever is in it. Its table is filtered and sorted, steps and findings
are gone to by mouse and by keyboard, all of it in light and dark, on a wide and on a narrow screen, and on paper.
Exit status: 0 all works, 1 not, 2 the browser could not be used.
"""

import argparse
import base64
import json
import os
import select
import subprocess
import sys
import tempfile
import time
from pathlib import Path

WIDE, NARROW = (1280, 900), (360, 740)

# The text whose contrast with what is behind it is below that of WCAG 2.2, level AA.
PALE = """(() => {
  const parse = (text) => text.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((v) => v / 255).map((v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = (element) => {
    for (let e = element; e; e = e.parentElement) {
      const c = parse(getComputedStyle(e).backgroundColor);
      if (c.length < 4 || c[3] > 0) return c;
    }
    return [255, 255, 255];
  };
  const bad = new Set();
  for (const element of document.querySelectorAll("body *")) {
    if (![...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim())) continue;
    if (element.closest("script, style, option, [hidden]")) continue;
    const [a, b] = [light(parse(getComputedStyle(element).color)), light(behind(element))];
    const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (contrast < 4.5) bad.add(`${element.tagName} .${element.className}: ${contrast.toFixed(1)}`);
  }
  return [...bad].slice(0, 5);
})()"""

# What can be used without a name that is read out, and scrolls without being reachable by keyboard.
MUTE = """[...document.querySelectorAll("a, button, input, select, summary")].filter((e) => !e.closest("[hidden]")
  && !(e.getAttribute("aria-label") || e.textContent).trim()).map((e) => e.outerHTML.slice(0, 80)).slice(0, 5)"""
SHOWN = "[...document.querySelectorAll('#ledger tbody tr')].filter((row) => !row.hidden)"


class Browser:
    """Chromium, by its DevTools protocol over a pair of pipes."""

    def __init__(self, profile, seconds):
        self.deadline, self.number, self.buffer, self.events = time.monotonic() + seconds, 0, b"", []
        to_browser, self.write_end = os.pipe()
        self.read_end, from_browser = os.pipe()
        command = ["chromium", "--headless", "--remote-debugging-pipe", "--disable-gpu", "--no-first-run",
                   "--disable-background-networking", "--disable-dev-shm-usage", f"--user-data-dir={profile}"]
        if os.geteuid() == 0:  # its sandbox refuses root
            command.append("--no-sandbox")

        def plug():
            # Out of the way first: the pipes themselves may have these numbers.
            for source, target in ((os.dup(to_browser), 3), (os.dup(from_browser), 4)):
                os.dup2(source, target)

        self.process = subprocess.Popen([*command, "about:blank"], preexec_fn=plug, close_fds=False,
                                        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(to_browser)
        os.close(from_browser)
        target = next(one for one in self.ask("Target.getTargets")["targetInfos"] if one["type"] == "page")
        self.session = self.ask("Target.attachToTarget", targetId=target["targetId"], flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self(f"{domain}.enable")

    def receive(self):
        while b"\0" not in self.buffer:
            left = self.deadline - time.monotonic()
            if left <= 0 or not select.select([self.read_end], [], [], left)[0]:
                raise TimeoutError("no answer from the browser")
            part = os.read(self.read_end, 1 << 20)
            if not part:
                raise ConnectionError("the browser ended")
            self.buffer += part
        message, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(message)

    def ask(self, method, session=None, **parameters):
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        os.write(self.write_end, json.dumps(message).encode() + b"\0")
        while True:
            answer = self.receive()
            if answer.get("id") == self.number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}")
                return answer["result"]
            self.events.append(answer)

    def __call__(self, method, **parameters):
        return self.ask(method, self.session, **parameters)

    def value(self, expression):
        result = self("Runtime.evaluate", expression=expression, returnByValue=True)
        if "exceptionDetails" in result:
            raise RuntimeError(f"{expression[:80]}: {result['exceptionDetails']}")
        return result["result"].get("value")

    def wait_for(self, event):
        while not any(one.get("method") == event for one in self.events):
            self.events.append(self.receive())

    def close(self):
        try:
            self.ask("Browser.close")
            self.process.wait(timeout=10)
        except (OSError, RuntimeError, subprocess.TimeoutExpired):
            self.process.kill()
            self.process.wait()


class Reader:
    """Someone who reads a report; what does not work is in `problems`."""

    def __init__(self, browser, page, pictures):
        self.browser, self.page, self.pictures = browser, page, pictures
        self.problems = []

    def check(self, holds, text):
        if not holds:
            self.problems.append(text)

    def js(self, expression):
        return self.browser.value(expression)

    def open(self, address, size, scheme):
        browser = self.browser
        browser("Emulation.setDeviceMetricsOverride", width=size[0], height=size[1], deviceScaleFactor=1, mobile=False)
        browser("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        browser("Page.navigate", url="about:blank")
        browser.events = [one for one in browser.events if one.get("method") != "Page.loadEventFired"]
        browser("Page.navigate", url=address)
        browser.wait_for("Page.loadEventFired")
        # Of a page that is replaced by "about:blank" the event may come late.
        while self.js("document.readyState") != "complete" or self.js("location.protocol") != "file:":
            time.sleep(0.05)

    def click(self, element):
        """With the mouse, in the middle of what the expression gives."""
        self.js(f"{element}.scrollIntoView({{block: 'center', behavior: 'instant'}})")
        box = self.js(f"(() => {{ const b = {element}.getBoundingClientRect(); "
                      "return [b.x + b.width / 2, b.y + b.height / 2]; })()")
        for kind in ("mousePressed", "mouseReleased"):
            self.browser("Input.dispatchMouseEvent", type=kind, x=box[0], y=box[1], button="left", clickCount=1)

    def key(self, key):
        text = key if len(key) == 1 else ""
        self.browser("Input.dispatchKeyEvent", type="keyDown", key=key, text=text)
        self.browser("Input.dispatchKeyEvent", type="keyUp", key=key)

    def picture(self, name):
        if self.pictures:
            data = self.browser("Page.captureScreenshot", format="png")["data"]
            (self.pictures / f"{name}.png").write_bytes(base64.b64decode(data))

    # --- what a reader does ---

    def look(self, name, size, scheme):
        self.open(self.page, size, scheme)
        self.picture(name)
        width = self.js("document.documentElement.scrollWidth")
        self.check(width <= size[0], f"{name}: the page is {width} pixels wide, the screen {size[0]}")
        for text in self.js(PALE):
            self.check(False, f"{name}: too little contrast: {text}")
        for text in self.js(MUTE):
            self.check(False, f"{name}: no name: {text}")
        dark = self.js("getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)[0] < 128")
        self.check(dark == (scheme == "dark"), f"{name}: the page is not {scheme}")
        self.click("document.getElementById('theme')")
        now = self.js("getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)[0] < 128")
        self.check(now != dark, f"{name}: the button does not turn light and dark")

    def filter(self):
        self.open(self.page, WIDE, "light")
        total = self.js("document.querySelectorAll('#ledger tbody tr').length")
        if not total:
            return
        self.click("document.getElementById('filter-words')")
        word = self.js("document.querySelector('#ledger tbody tr').cells[1].textContent.trim().split(/\\s+/)[0].toLowerCase()")
        self.browser("Input.insertText", text=word)
        shown = self.js(f"{SHOWN}.length")
        self.check(0 < shown and self.js(f"{SHOWN}.every((row) => row.textContent.toLowerCase().includes("
                                         f"{json.dumps(word)}))"), f"the filter by '{word}' shows {shown} rows")
        self.check(self.js("document.getElementById('filter-count').textContent") == f"{shown} of {total} sites",
                   "the count is wrong")
        self.check("q=" in self.js("location.hash"), "the address has no filter")
        address = self.js("location.href")
        self.picture("filtered")
        self.key("Escape")
        self.check(self.js(f"{SHOWN}.length") == total, "Escape does not clear the filter")
        for verdict in self.js("[...document.getElementById('filter-verdict').options].map((o) => o.value)"):
            self.js("(() => { const s = document.getElementById('filter-verdict'); "
                    f"s.value = {json.dumps(verdict)}; s.dispatchEvent(new Event('input')); }})()")
            wanted = total if not verdict else self.js(
                f"document.querySelectorAll('#ledger tbody tr[data-verdict={verdict}]').length")
            self.check(self.js(f"{SHOWN}.length") == wanted, f"the filter by verdict '{verdict}' is wrong")
        self.open(address, WIDE, "light")
        self.check(self.js(f"{SHOWN}.length") == shown, "a link with a filter does not open filtered")

    def sort(self):
        self.open(self.page, WIDE, "light")
        column = "[...document.querySelectorAll('#ledger tbody tr')].map((row) => row.cells[1].textContent)"
        for order in ("ascending", "descending"):
            self.click("document.querySelectorAll('#ledger th button')[1]")
            self.check(self.js("document.querySelectorAll('#ledger th')[1].getAttribute('aria-sort')") == order,
                       f"the table is not {order}")
            sign = 1 if order == "ascending" else -1
            self.check(self.js(f"{column}.every((text, i, all) => !i || {sign} * all[i - 1].localeCompare(text, 'en', "
                               "{numeric: true}) <= 0)"), f"the rows are not {order}")

    def walk(self):
        """Steps, by mouse and by keyboard."""
        self.open(self.page, WIDE, "light")
        if not self.js("document.querySelectorAll('.steps li').length"):
            return
        self.js("document.querySelectorAll('details').forEach((one) => { one.open = false; })")
        self.click("document.querySelector('.steps li:last-child .number')")
        self.check(self.js("document.querySelector('.steps li:last-child').getAttribute('aria-current') === 'step'"),
                   "the step that was clicked is not marked")
        target = "document.getElementById(document.querySelector('.steps li:last-child a').hash.slice(1))"
        self.check(self.js(f"{target}.checkVisibility()"), "the line of the step is not unfolded")
        self.check(self.js(f"(() => {{ const b = {target}.getBoundingClientRect(); "
                           "return b.top >= 0 && b.bottom <= innerHeight; })()"), "the line of the step is not in sight")
        self.picture("step")
        self.click(target)
        self.check("-item-" in self.js("location.hash"), "the number in the source does not lead back")
        self.open(self.page, WIDE, "light")
        self.key("j")
        self.check(self.js("document.activeElement.id") == "finding-1", "j does not go to the first finding")
        steps = self.js("document.querySelectorAll('#finding-1 .steps li').length")
        for step in ("1", "2") if steps > 1 else ("1",) if steps else ():
            self.key("n")
            self.check(self.js("document.querySelector('#finding-1 [aria-current]')?.dataset.step") == step,
                       f"n does not go to step {step}")
        self.key("/")
        self.check(self.js("document.activeElement.id") == "filter-words", "/ does not go to the filter")
        self.key("j")
        self.check(self.js("document.getElementById('filter-words').value") == "j", "a letter in the filter is lost")

    def paper(self):
        self.open(self.page, WIDE, "dark")
        self.browser("Emulation.setEmulatedMedia", media="print",
                     features=[{"name": "prefers-color-scheme", "value": "dark"}])
        self.picture("paper")
        self.check(self.js("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)", "paper is dark")
        self.check(self.js("getComputedStyle(document.querySelector('.filters')).display") == "none",
                   "the filter is printed")
        self.js("document.querySelectorAll('details').forEach((one) => { one.open = false; }); "
                "addEventListener('beforeprint', () => { window.unfolded = "
                "!document.querySelector('details:not([open])'); })")
        data = self.browser("Page.printToPDF", printBackground=False)["data"]
        self.check(self.js("window.unfolded"), "folded parts are not printed")
        if self.pictures:
            (self.pictures / "paper.pdf").write_bytes(base64.b64decode(data))
        self.browser("Emulation.setEmulatedMedia", media="")

    def watch(self):
        """What the browser said meanwhile."""
        for one in self.browser.events:
            method, what = one.get("method"), one.get("params", {})
            if method == "Runtime.exceptionThrown":
                self.check(False, f"error: {what['exceptionDetails']}")
            elif method == "Runtime.consoleAPICalled" and what["type"] in ("error", "warning"):
                self.check(False, f"console: {what['args']}")
            elif method == "Log.entryAdded" and what["entry"]["level"] in ("error", "warning"):
                self.check(False, f"log: {what['entry']['text']}")
            elif method == "Page.javascriptDialogOpening":
                self.check(False, f"a dialog opens: {what['message']}")
            elif method == "Network.requestWillBeSent":
                address = what["request"]["url"].split("#")[0]
                self.check(address in (self.page, "about:blank"), f"the page asks for {address}")


def read(page, pictures, seconds):
    with tempfile.TemporaryDirectory(prefix="cocodma-browser", ignore_cleanup_errors=True) as profile:
        browser = Browser(profile, seconds)
        try:
            reader = Reader(browser, page.resolve().as_uri(), pictures)
            try:
                for name, size, scheme in (("light", WIDE, "light"), ("dark", WIDE, "dark"),
                                           ("narrow", NARROW, "light"), ("narrow-dark", NARROW, "dark")):
                    reader.look(name, size, scheme)
                reader.filter()
                reader.sort()
                reader.walk()
                reader.paper()
            except RuntimeError as problem:  # something to click on is not there
                reader.check(False, str(problem))
            reader.watch()
            return reader.problems
        finally:
            browser.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("page", type=Path)
    parser.add_argument("--screenshots", type=Path, metavar="DIR")
    parser.add_argument("--timeout", type=float, default=110, metavar="SECONDS")
    options = parser.parse_args()
    if options.screenshots:
        options.screenshots.mkdir(parents=True, exist_ok=True)
    try:
        problems = read(options.page, options.screenshots, options.timeout)
    except (OSError, TimeoutError) as problem:
        print(f"browse-report: {problem}")
        return 2
    for problem in problems:
        print(f"{options.page}: {problem}")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
