"""What Flask itself costs: the floor of any page that it serves."""

from flask import Flask, request

app = Flask(__name__)


@app.get("/")
def hello() -> str:
    """A word."""
    return "hello"


@app.post("/")
def heard() -> str:
    """The same word for who sends JSON."""
    request.get_json()
    return "hello"
