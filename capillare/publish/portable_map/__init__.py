"""The plan as one web page that opens from disk and asks nobody for anything: ``map.html``."""

from capillare.publish.portable_map.escaping import safe_html
from capillare.publish.portable_map.page import draw_map, write_map

__all__ = ["draw_map", "safe_html", "write_map"]
