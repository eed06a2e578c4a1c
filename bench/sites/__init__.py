"""Sites that bench/serve.py asks beside ours."""
