"""What gunicorn serves: `gunicorn wsgi:app`."""

from legalmap import create_app

app = create_app()
