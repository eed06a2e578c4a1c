"""What gunicorn serves: `gunicorn wsgi:app`."""

import gc

# nothing of what loading makes is garbage, and to look for it takes an eighth of the start
gc.disable()

from legalmap import create_app  # noqa: E402
from legalmap.config import SettingsError  # noqa: E402
from legalmap.routes import metrics  # noqa: E402

try:
    app = create_app()
except SettingsError as fault:
    raise SystemExit(f"Legalmap does not start. {fault}") from None
metrics.prepare(app.extensions["settings"])
if "referrals" in app.extensions:
    # before the first request, also when the database is one that was put back from a copy
    from legalmap.referrals.hourly import Hourly

    app.extensions["hourly"] = Hourly(app.extensions["referrals"].store, app.extensions["settings"].purge_seconds)
    app.extensions["hourly"].look(at_start=True)
gc.enable()
