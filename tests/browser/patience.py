"""Waiting for what a page comes to in the end, wherever its own words do not tell."""

from __future__ import annotations

LOOKS = 5
AGAIN_MS = 1_000
STILL = """() => document.getAnimations().every((one) =>
  one.playState !== "running" || one.effect.getComputedTiming().endTime === Infinity)"""


def still(page):
    """Wait until nothing moves or fades; what turns for ever may."""
    page.wait_for_function(STILL, polling=50)


def at_last(page, look):
    """Return the faults that ``look`` finds, once there are none or when patience ends.

    What is on its way is no fault: what is wrong is found wrong again.
    """
    for _ in range(LOOKS - 1):
        if not (found := look()):
            return found
        page.wait_for_timeout(AGAIN_MS)
    return look()
