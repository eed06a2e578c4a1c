"""What gunicorn serves: `gunicorn wsgi:app`."""

from legalmap import create_app
from legalmap.config import SettingsError

try:
    app = create_app()
except SettingsError as fault:
    raise SystemExit(f"Legalmap does not start. {fault}") from None
