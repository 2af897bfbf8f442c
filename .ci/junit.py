"""Reads pytest's junit file: how many tests of a folder ran, and whether any was left out.

Usage: python .ci/junit.py REPORT.xml tests.browser
"""

import sys
import xml.etree.ElementTree as ET


def main(report: str, folder: str) -> int:
    cases = [
        case
        for case in ET.parse(report).iter("testcase")  # noqa: S314 - our own report
        if case.get("classname", "").startswith(folder)
    ]
    left_out = [case for case in cases if case.find("skipped") is not None]
    for case in left_out:
        print(f"left out: {case.get('name')}: {case.find('skipped').get('message')}")
    print(f"{folder}: {len(cases)} found, {len(cases) - len(left_out)} ran")
    return 1 if left_out or not cases else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
