"""What Flask itself costs: the floor of any page that it serves."""

from flask import Flask

app = Flask(__name__)


@app.get("/")
def hello() -> str:
    """A word."""
    return "hello"
