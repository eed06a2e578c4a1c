/* Ranks the centers of near.json on the phone: what legalmap/directory/{search,filters,nearest}.py, legalmap/hours.py
   and routes/public.split_unplaced answer, to the letter and the millimeter; tests/browser/test_parity.py holds both
   against each other. The shape of near.json is told in legalmap/directory/near.py. Asks nobody, keeps nothing. */
(function () {
  "use strict";
  const Near = (window.Near = window.Near || {});

  /* ---- distance on the WGS84 ellipsoid: the constants and the proof stand in nearest.py ---- */
  const A = 6378137;
  const F = 1 / 298.257223563;
  const B = A * (1 - F);
  const R_MIN = B * B / A;
  const R_MAX = A * A / B;
  const SLACK = 0.01;
  const CHORD_FORMULA = 300000;
  const RADIAN = Math.PI / 180;
  // the chord's upper bound ends at 2 R_MIN; past this, somewhere in the South Pacific, every center is measured
  const FAR = 12000000;

  // position in meters from the earth's center, then the unit normal
  const earth = (lat, lon) => {
    const across = Math.cos(lat * RADIAN), z = Math.sin(lat * RADIAN);
    const x = across * Math.cos(lon * RADIAN), y = across * Math.sin(lon * RADIAN);
    const prime = A / Math.sqrt(1 - F * (2 - F) * (z * z));
    return [prime * x, prime * y, prime * z * ((1 - F) * (1 - F)), x, y, z];
  };

  // Gauss-Legendre, 10 points on -1..1, one half (Abramowitz and Stegun, table 25.4)
  const NODES = [0.1488743389816312, 0.4333953941292472, 0.6794095682990244, 0.8650633666889845, 0.9739065285171717];
  const WEIGHTS = [0.2955242247147529, 0.2692667193099963, 0.2190863625159820, 0.1494513491505806, 0.0666713443086881];
  const integral = (f, from, to) => {
    const middle = (from + to) / 2, half = (to - from) / 2;
    return half * NODES.reduce((sum, x, i) => sum + WEIGHTS[i] * (f(middle - half * x) + f(middle + half * x)), 0);
  };

  /* The geodesic in meters between any two points: Bessel's integrals as in Karney, Algorithms for geodesics (2013),
     eqs. 7, 8 and 45. The start is the point farther from the equator, in the south; its azimuth is found by halving,
     for the longitude it leads to only grows with it; `up` is a right angle less that azimuth, which keeps its digits
     where the way runs along the equator. */
  const geodesic = (lat1, lon1, lat2, lon2) => {
    const turn = Math.abs(lon1 - lon2) % 360;
    const wanted = Math.min(turn, 360 - turn) * RADIAN;
    const [low, high] = Math.abs(lat1) < Math.abs(lat2) ? [lat2, lat1] : [lat1, lat2];
    const reduced = (lat) => {
      const s = (1 - F) * Math.sin(lat * RADIAN), c = Math.cos(lat * RADIAN), length = Math.sqrt(s * s + c * c);
      return [s / length, c / length];
    };
    const [s1, c1] = reduced(-Math.abs(low));
    const [s2, c2] = reduced(low > 0 ? -high : high);
    if (!s1 && wanted <= (1 - F) * Math.PI) return A * wanted;
    const rise = c1 < -s1 ? (c2 - c1) * (c1 + c2) : (s1 - s2) * (s1 + s2);
    let from = -Math.PI / 2, to = Math.PI / 2, start, end, stretch;
    for (;;) {
      const up = (from + to) / 2;
      if (up === from || up === to) return B * integral(stretch, start, end);
      const north = Math.sin(up) * c1, turned = Math.cos(up) * c1;
      const north2 = Math.sqrt(Math.max(0, north * north + rise));
      start = Math.atan2(s1, north);
      end = Math.atan2(s2, north2);
      const k2 = (F * (2 - F)) / ((1 - F) * (1 - F)) * (1 - turned * turned);
      stretch = (sigma) => Math.sqrt(1 + k2 * Math.sin(sigma) * Math.sin(sigma));
      const reached = Math.atan2(turned * s2, north2) - Math.atan2(turned * s1, north)
        - F * turned * integral((sigma) => (2 - F) / (1 + (1 - F) * stretch(sigma)), start, end);
      if (reached < wanted) to = up;
      else from = up;
    }
  };

  /* `allowed`: indexes into `points` ({lat, lon, at: six numbers each, from `earth`}); `tie`: compares two of them.
     -> the k nearest as [index, meters to 1 mm]. No longer chord than the limit can belong to one of them. */
  const nearest = (points, lat, lon, k, allowed, tie) => {
    const here = earth(lat, lon), at = points.at;
    const chords = new Float64Array(allowed.length);
    allowed.forEach((index, i) => {
      const x = at[6 * index] - here[0], y = at[6 * index + 1] - here[1], z = at[6 * index + 2] - here[2];
      chords[i] = Math.sqrt(x * x + y * y + z * z);
    });
    const last = Math.min(k, allowed.length) - 1;
    if (last < 0) return [];
    const kth = chords.slice().sort()[last];
    const longest = 2 * R_MIN * Math.asin(Math.min(1, kth / (2 * R_MIN))) + SLACK;
    const limit = kth > FAR ? Infinity : 2 * R_MAX * Math.sin(longest / (2 * R_MAX));
    const found = [];
    allowed.forEach((index, i) => {
      const chord = chords[i];
      if (chord > limit) return;
      let meters;
      if (chord > CHORD_FORMULA) meters = geodesic(lat, lon, points.lat[index], points.lon[index]);
      else {
        // s = 2/q asin(q c/2), q = (n1 - n2).(p1 - p2) / c2: the mean curvature along the chord
        let bend = 0;
        for (let axis = 0; axis < 3; axis++) {
          bend += (at[6 * index + 3 + axis] - here[3 + axis]) * (at[6 * index + axis] - here[axis]);
        }
        const q = Math.min(Math.max(bend / Math.max(chord * chord, 1e-9), 1 / R_MAX), 1 / R_MIN);
        meters = 2 / q * Math.asin(Math.min(q * chord / 2, 1));
      }
      found.push([index, Math.round(meters * 1000)]);
    });
    found.sort((a, b) => a[1] - b[1] || tie(a[0], b[0]));
    return found.slice(0, last + 1).map(([index, millimeters]) => [index, millimeters / 1000]);
  };

  // null where there is no point; all trigonometry is done here, once
  const points = (lat, lon) => {
    const at = new Float64Array(6 * lat.length);
    lat.forEach((degrees, i) => { if (degrees !== null) at.set(earth(degrees, lon[i]), 6 * i); });
    return { lat, lon, at };
  };

  /* ---- hours: Asia/Bishkek, UTC+6 all year; days are counted from 1970-01-01, a Thursday ---- */
  const DAY = 1440;
  const HORIZON = 14;
  const FRESH = 180;
  const iso = (day) => new Date(day * 86400000).toISOString().slice(0, 10);
  const weekday = (day) => (day + 3) % 7;

  // what a timetable says in `minute` of day `today`: joined intervals, the first that is not over
  const state = (timetable, today, minute) => {
    let start = -1, end = -1;
    const told = () => {
      const limit = minute + HORIZON * DAY;
      if (start <= minute) return { open: true, until: end <= limit ? end : null, opens: null };
      return { open: false, until: null, opens: start <= limit ? start : null };
    };
    for (let ahead = 0; ahead <= HORIZON; ahead++) {
      const spans = timetable.dated.get(today + ahead) || timetable.week[weekday(today + ahead)];
      for (let i = 0; i < spans.length; i += 2) {
        const from = spans[i] + ahead * DAY, to = spans[i + 1] + ahead * DAY;
        if (from <= end) end = Math.max(end, to);
        else {
          if (end > minute) return told();
          start = from;
          end = to;
        }
      }
    }
    return end > minute ? told() : { open: false, until: null, opens: null };
  };
  const moment = (minutes, today) => {
    if (minutes === null) return null;
    const days = Math.floor(minutes / DAY), left = minutes % DAY;
    const two = (n) => ("0" + n).slice(-2);
    const clock = two(Math.floor(left / 60)) + ":" + two(left % 60);
    return { date: iso(today + days), clock, days, weekday: weekday(today + days) };
  };

  /* ---- the directory ---- */
  const LANGS = { k: "ky", r: "ru", e: "en" };
  const LISTS = ["topic", "kind", "group", "access", "language"];
  const FLAGS = ["open", "free", "verified"];
  // an aksakal court may press a victim to make peace (filters.py)
  const NO_AKSAKALS = ["violence", "child_rights"];

  Near.directory = (data) => {
    const length = data.number.length;
    const row = (name, i) => data[name + "_of"].charCodeAt(i) - 35;
    const of = (name, i) => data[name][row(name, i)];
    const values = {
      kind: data.kind.map((kind) => [kind]),
      language: data.language,
    };
    ["topic", "group", "access"].forEach((name) => {
      values[name] = data[name].map((mask) => data.known[name].filter((_, bit) => mask >> bit & 1));
    });

    const degrees = (name, town) => data[name].map((folded, i) => {
      if (!folded) return null;
      const offset = folded % 2 ? (folded - 1) / 2 : -folded / 2;
      return data.exact[i] ? data.exact[i][town - 1] : (of("town", i)[town] + offset) / 1000000;
    });
    const placed = points(degrees("lat", 1), degrees("lon", 2));
    let number = 0;
    const numbers = data.number.map((step) => (number += step));
    const timetables = data.hours.map((packed) => {
      if (!packed) return null;
      const dated = new Map();
      let day = 0;
      const steps = data.exceptions[packed[1]];
      for (let i = 0; i < steps.length; i += 2) dated.set((day += steps[i]), data.days[steps[i + 1]]);
      return { week: Array.from(packed[0], (letter) => data.days[letter.charCodeAt(0) - 35]), dated };
    });

    // the day since 1970-01-01, 0: none
    const verifiedDay = (i) => (data.verified_on[i] === "#" ? 0 : data.day + 36 - data.verified_on.charCodeAt(i));
    const verifiedOn = (i) => (verifiedDay(i) ? iso(verifiedDay(i)) : data.verified_else[i] || "");
    const verified = (i) => verifiedDay(i) !== 0 || i in data.verified_else;
    const sureOn = (i) => {
      const code = data.sure.charCodeAt(i);
      if (code === 36) return verifiedDay(i);
      return code > 36 ? data.day + 37 - code : data.sure_else[i] || 0;
    };
    // the last day on which its source is fresh
    const freshUntil = (i) => {
      const [date, , until] = of("source", i);
      return until || date && (+date.slice(0, 4) + 5) + (date + "-01-01").slice(4, 10);
    };

    // everything that depends on the moment: one timetable is looked at once, however many centers share it
    const at = (now) => {
      const minutes = Math.floor(now / 60000) + 360, today = Math.floor(minutes / DAY), date = iso(today);
      const known = [];
      const stateOf = (i) => {
        const own = row("hours", i), sure = sureOn(i);
        if (!timetables[own]) return null;
        const verified = sure > 0 && today >= sure && today - sure < FRESH;
        if (of("status", i) === "suspended") return { open: false, verified, until: null, opens: null };
        const told = known[own] || (known[own] = state(timetables[own], today, minutes % DAY));
        return { open: told.open, verified, until: told.until, opens: told.opens };
      };
      const match = (index, meters) => {
        const told = stateOf(index);
        if (told) {
          told.until = moment(told.until, today);
          told.opens = moment(told.opens, today);
        }
        const stale = !verified(index) && freshUntil(index) < date;
        const askFirst = !data.phone[index] || (stale && of("show", index) !== "no");
        return { index, meters, state: told, stale, askFirst };
      };
      return { stateOf, match };
    };

    const barred = (topics, i) => of("kind", i) === "aksakal_court" && topics.some((one) => NO_AKSAKALS.indexOf(one) >= 0);
    // by name of a filter: `passes`, all where nothing is chosen; `flag`: whether a center is open, free, verified
    const judge = (query, clock) => {
      const flag = {
        open: (i) => { const told = clock.stateOf(i); return told !== null && told.open; },
        free: (i) => of("fee", i) === "free" || of("fee", i) === "mixed",
        verified,
      };
      const passes = {};
      LISTS.forEach((name) => {
        const chosen = query[name] || [];
        const rows = values[name].map((own) => own.some((value) => chosen.indexOf(value) >= 0));
        passes[name] = (i) => !chosen.length || (rows[row(name, i)] && !(name === "topic" && barred(chosen, i)));
      });
      FLAGS.forEach((name) => { passes[name] = (i) => !query[name] || flag[name](i); });
      return { flag, passes };
    };

    return {
      length,
      edition: data.edition,
      published: data.published,

      center: (i) => {
        const town = row("town", i), [placeId, , , oblast] = data.town[town], source = of("source", i);
        const text = (name) => ({ text: data[name][i], lang: LANGS[data[name + "_in"][i]] });
        const phone = data.phone[i];
        return {
          number: numbers[i], kind: of("kind", i), name: text("names"),
          address: data.address[i] ? text("address") : null,
          directions: data.directions[i] ? text("directions") : null,
          oblast, rayon: of("rayon", town), town: data.town_name[town], placeId,
          phone: phone ? { number: typeof phone === "number" ? "+996" + phone : phone, label: data.label[i] || "" } : null,
          languages: of("language", i), fee: of("fee", i), show: of("show", i), status: of("status", i),
          approximate: data.rough[i] === "1", lat: placed.lat[i], lon: placed.lon[i],
          verifiedOn: verifiedOn(i), verifiedBy: of("verified_by", i),
          sourced: source[1] === 1, sourceDate: source[0], area: of("area", i),
        };
      },

      answer: (query) => {
        const clock = at(query.now), passes = judge(query, clock).passes;
        const chosen = LISTS.concat(FLAGS).filter((name) => query[name] === true || (query[name] || []).length);
        const withPoint = [], without = [[[], []], [[], []]];
        for (let i = 0; i < length; i++) {
          if (!chosen.every((name) => passes[name](i))) continue;
          if (placed.lat[i] !== null) withPoint.push(i);
          else {
            const served = of("area", i).concat(of("town", i)[3]), here = served.indexOf(query.oblast) >= 0;
            const near = served.indexOf("country") >= 0 || (here && query.oblast);
            without[near ? 0 : 1][here ? 0 : 1].push(i);
          }
        }
        const found = nearest(placed, query.lat, query.lon, query.k, withPoint, (a, b) => a - b);
        const [near, far] = without.map(([first, rest]) => first.concat(rest).map((index) => clock.match(index, null)));
        const more = withPoint.length - found.length;
        return {
          nearest: found.map(([index, meters]) => clock.match(index, meters)), near, far, more,
          total: withPoint.length + near.length + far.length,
        };
      },

      // how many would be listed if that one value of its filter were chosen, with the other filters as they are
      counts: (query) => {
        const { flag, passes } = judge(query, at(query.now)), all = LISTS.concat(FLAGS), found = {};
        LISTS.forEach((name) => {
          found[name] = {};
          values[name].forEach((own) => own.forEach((value) => { found[name][value] = 0; }));
        });
        FLAGS.forEach((name) => { found[name] = 0; });
        for (let i = 0; i < length; i++) {
          const failed = all.filter((name) => !passes[name](i));
          if (failed.length > 1) continue;
          (failed.length ? failed : all).forEach((name) => {
            if (flag[name]) found[name] += flag[name](i) ? 1 : 0;
            else {
              values[name][row(name, i)].forEach((value) => {
                if (name !== "topic" || !barred([value], i)) found[name][value] += 1;
              });
            }
          });
        }
        return found;
      },
    };
  };

  // the oblast of the settlement nearest to a position; ids are digits, so that < is their order by code point
  let seen = null, settlements;
  Near.oblastAt = (places, lat, lon) => {
    if (places !== seen) settlements = points(places.lat, places.lon);
    seen = places;
    const tie = (a, b) => (places.id[a] < places.id[b] ? -1 : 1);
    const found = nearest(settlements, lat, lon, 1, places.id.map((_, i) => i), tie);
    return found.length ? places.oblasts[places.oblast[found[0][0]]] : "";
  };
})();
