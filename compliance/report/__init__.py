"""Reports: pure functions of a run's results, for the terminal and as Markdown."""

from compliance.report.markdown import to_markdown
from compliance.report.terminal import print_summary

__all__ = ["print_summary", "to_markdown"]
