"""How many questions a page asks the database: the same for few rows and for many."""

from django.db import connection
from django.test.utils import CaptureQueriesContext


def questions(client, address):
    """Queries of the second visit (the first one fills what is kept between requests), told as text."""
    client.get(address)
    with CaptureQueriesContext(connection) as held:
        assert client.get(address).status_code == 200, address
    return [one["sql"] for one in held.captured_queries]


def grown(few, many):
    """What was asked more often with many rows than with few, by the start of the question; empty is what we want."""
    if len(many) <= len(few):
        return {}
    shapes = {sql[:160] for sql in many}
    counts = {shape: (sum(s[:160] == shape for s in few), sum(s[:160] == shape for s in many)) for shape in shapes}
    return {shape: (a, b) for shape, (a, b) in counts.items() if b > a} or {"all": (len(few), len(many))}
