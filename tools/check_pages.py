#!/usr/bin/env python3
"""Looks at a page in Chromium as a person would, and fails with a sentence where something is not drawn.

    tools/check_pages.py report RUN/report/index.html      # charts, the gallery and its slider
    tools/check_pages.py dashboard http://127.0.0.1:PORT   # the page of a sweep that goes on or is paused, once it has figures

Run it with the interpreter that tools/python.sh prints.
"""

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

# Whether a canvas shows anything: some pixel that is not the first one's colour.
IS_DRAWN = """id => {
  const canvas = document.getElementById(id), pixels = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
  return pixels.some((value, index) => value !== pixels[index % 4]);
}"""


def demand(condition, sentence):
    if not condition:
        sys.exit(sentence)


def report(page, path):
    page.goto(Path(path).resolve().as_uri())
    charts = page.eval_on_selector_all("canvas:not([id^=gallery])", "all => all.map(canvas => canvas.id)")
    demand({"accuracy", "recovery", "rows", "neighbours", "alike", "knockout-0", "rows-0"} <= set(charts), f"charts are missing: {charts}")
    for chart in charts:
        demand(page.evaluate(IS_DRAWN, chart), f"the chart {chart} is empty")
    demand(page.evaluate(IS_DRAWN, "gallery-0-0-gold"), "the gallery is empty")
    demand(page.evaluate("document.querySelector('.panels img').naturalWidth") > 10, "the gallery's image is no picture")

    name, text = page.inner_text("#gallery-name"), page.inner_text("#gallery-0-0-text")
    demand(not text.startswith("0 right and 0 wrong"), "the most changed image did not change")
    page.focus("#gallery-site")
    page.keyboard.press("Home")
    demand(page.inner_text("#gallery-name") == "adapter" != name, "the slider does not reach the adapter")
    demand(page.inner_text("#gallery-0-0-text").startswith("0 right and 0 wrong"), "a knockout changes the adapter")
    page.keyboard.press("End")
    demand(page.inner_text("#gallery-0-0-text") == text, "the slider does not come back")


def dashboard(page, address):
    page.goto(address)
    page.wait_for_selector("#maps td.pos, #maps td.neg", timeout=60_000)
    for chart in ["accuracy", "recovery"]:
        demand(page.evaluate(IS_DRAWN, chart), f"the chart {chart} is empty")
    stages = page.eval_on_selector_all("#stages b", "all => all.map(stage => stage.textContent)")
    demand(stages == ["extract", "fit", "sweep"], f"the stages are {stages}")
    demand(page.inner_text("#facts").startswith(("running", "paused")), "the page does not say how the run stands")
    demand(page.locator("#workers tbody tr").count() >= 1, "no worker is shown")


def main():
    checks = {"report": report, "dashboard": dashboard}
    demand(len(sys.argv) == 3 and sys.argv[1] in checks, __doc__)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        for scheme in ["light", "dark"]:
            page = browser.new_page(color_scheme=scheme)
            errors = []
            page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
            page.on("pageerror", lambda error: errors.append(str(error)))
            checks[sys.argv[1]](page, sys.argv[2])
            demand(not errors, f"the console says: {errors}")
            page.close()
        browser.close()
    print("the page is drawn, light and dark, and its console is silent")


if __name__ == "__main__":
    main()
