"""A coordinator's report: one page of HTML that prints well from any browser."""

from capillare.publish.report.page import report_html, write_report

__all__ = ["report_html", "write_report"]
