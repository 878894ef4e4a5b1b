"""RFC 9110 section 6.6.1: Dates, as time goes by."""

from compliance.claims import present
from compliance.expect import saw
from compliance.guest.apps import default
from compliance.life import Life, Story, lives
from compliance.requirements import requirement
from compliance.stories import asked_later

LATER = Story(default.lifespan, act=asked_later)


@requirement("rfc9110.date.accuracy")
@lives(LATER)
def test_a_date_does_not_last_as_long_as_a_connection(life: Life) -> None:
    """The Date of a response is not that of one on the same connection, more than two seconds before."""
    first = life.exchange(0).response.all("date")
    present(first, "responses have no Date")
    present(life.exchanges[1:], "the connection does not last so long")
    later = life.exchange(1).response.all("date")
    assert later != first, saw(later, f"another Date than {first}")
