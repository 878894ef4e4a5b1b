"""How Hypothesis runs: the same examples in every verdict run, new and more of them with --explore."""

from hypothesis import HealthCheck, settings
from hypothesis.internal.conjecture import providers

_VERDICT_EXAMPLES, _EXPLORE_EXAMPLES = 20, 500


def configure(*, explore: bool) -> None:
    """Set the profile of every property check."""
    forget_constants()
    settings.register_profile(
        "compliance",
        derandomize=not explore,
        max_examples=_EXPLORE_EXAMPLES if explore else _VERDICT_EXAMPLES,
        database=None,
        deadline=None,  # a slow machine is no verdict
        print_blob=False,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),  # one server serves all examples, on purpose
    )
    settings.load_profile("compliance")


def forget_constants() -> None:
    """Have Hypothesis draw no constants of the modules that are loaded.

    Which they are depends on the selection of checks, and on how the suite is installed; verdicts must not.
    """
    vars(providers)["is_local_module_file"] = lambda _path: False
