"""A double of Twilio for tests and for the endurance run: its REST API over HTTP, and the calls that it plays.

    with twilio_double(token=…) as double:                    # in a thread; `python -m tests.twilio_double` is a process
        double.people["+31612345678"] = Person(BUSY)          # who is rung there
        double.faults.then("calls.create", SILENT_AFTER)      # how the next request fails
        …                                                     # the worker, with IVR_TWILIO_API set to double.url
        assert double.settle()
        assert double.books.dialled["+31612345678"] == 1      # from the provider's own books
        assert not double.books.twice()

It fetches our documents with real signatures, carries them out, and tells of progress as Twilio does; a second of a call is
`1/pace` of a real one. Numbers are never dialled: there is no telephone network behind it.
"""

from tests.twilio_double.books import Books, Call
from tests.twilio_double.double import ACCOUNT, TOKEN, Double, twilio_double
from tests.twilio_double.faults import Faults, Hooks
from tests.twilio_double.people import AGENT, CITIZEN, HANG_UP, People, Person, crowd

__all__ = [
    "ACCOUNT", "AGENT", "CITIZEN", "HANG_UP", "TOKEN", "Books", "Call", "Double", "Faults", "Hooks", "People", "Person",
    "crowd", "twilio_double",
]  # fmt: skip
