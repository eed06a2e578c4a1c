/* Says distances, hours, dates and places as the server's pages do (legalmap/routes/words.py), in the page's language. */
(function (Near) {
  "use strict";
  const make = (Near.make = (name, attributes, ...children) => {
    const made = document.createElement(name);
    for (const key of Object.keys(attributes || {})) if (attributes[key]) made.setAttribute(key, attributes[key]);
    made.append(...children.filter(Boolean));
    return made;
  });

  /* to the nearest whole number; from the middle to the even one, as the server rounds */
  const whole = (value) => {
    const below = Math.floor(value), over = value - below;
    return over === 0.5 ? below + (below % 2) : Math.round(value);
  };
  /* the same for tenths: toFixed is exact but for what lies just in the middle */
  const tenths = (value) => ((value * 4) % 2 && Number.isInteger(value * 4) ? whole(value * 10) / 10 : Number(value.toFixed(1)));

  Near.fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  Near.capital = (text) => text.slice(0, 1).toUpperCase() + text.slice(1);

  Near.say = (words) => {
    const { card, values, numbers } = words;
    const lang = document.documentElement.lang;
    const { fill, capital } = Near;

    const number = (value) => {
      const [units, part] = String(value).split(".");
      return units.replace(/\B(?=(\d{3})+$)/g, numbers.group) + (part ? numbers.point + part : "");
    };

    const distance = (match, center, place) => {
      const { meters } = match;
      if (meters === null) return words.list.unplaced;
      const same = place && center.placeId === place.id;
      // the point of an approximate center is its settlement's: meters and tenths of a kilometer would be invented
      if (center.approximate)
        return same || meters < 1000 ? card.same_place : fill(card.km, { n: number(whole(meters / 1000)) });
      if (meters < 995) return fill(card.m, { n: number(Math.max(10, whole(meters / 10) * 10)) });
      const kilometers = meters / 1000;
      return fill(card.km, { n: number(kilometers < 10 ? tenths(kilometers) : whole(kilometers)) });
    };

    const rough = (center) => (center.address ? card.rough_distance : card.rough_place);

    /* how far the phone may be wrong about itself */
    const span = (meters) =>
      meters < 1000
        ? fill(words.position.meters, { n: number(Math.max(10, Math.ceil(meters / 10) * 10)) })
        : fill(words.position.kilometers, { n: number(Math.ceil(meters / 1000)) });

    const heading = (count, name) => {
      const text = fill(words.list.headings[words.list.heading_of[count - 1]], { n: count });
      return name ? name + ": " + text : capital(text);
    };

    /* a date as far as it is known: 2018, 2018-07, 2018-07-30 */
    const date = (partial) => {
      const [year, month, day] = partial.split("-");
      if (!month) return partial;
      const { months } = numbers;
      if (months.length) return (day ? Number(day) + " " : "") + months[month - 1] + " " + year;
      return (day ? day + "." : "") + month + "." + year;
    };

    const when = (moment) => {
      if (!moment.days) return moment.clock;
      return (moment.days < 7 ? numbers.days[moment.weekday] : date(moment.date)) + " " + moment.clock;
    };

    /* [word, detail, look] */
    const opening = (center, state) => {
      if (center.status !== "active") return [card.paused, "", "shut"];
      if (!state) return [card.no_hours, "", "unknown"];
      const { open, verified, until, opens } = state;
      if (!open)
        return [verified ? card.closed : card.closed_by_timetable, opens ? fill(card.opens, { when: when(opens) }) : "", "shut"];
      const detail = until ? fill(card.until, { when: when(until) }) : card.always;
      return [verified ? card.open : card.open_by_timetable, detail, "open"];
    };

    const checked = (center) => {
      const { verifiedOn, verifiedBy, sourced, sourceDate } = center;
      if (verifiedOn)
        return verifiedBy ? values.verified_by[verifiedBy] + ": " + date(verifiedOn) : fill(card.checked, { date: date(verifiedOn) });
      if (!sourced) return card.not_verified;
      return sourceDate ? fill(card.from_dated, { date: date(sourceDate) }) : card.from_undated;
    };

    const phone = (given) => given.replace(/^(\+996)(\d{3})(\d{2})(\d{2})(\d{2})$/, "$1 $2 $3 $4 $5");

    /* from small to large; a city that is its own oblast stands once */
    const whereabouts = (oblast, rayon, name) => {
      const own = values.oblast[oblast] || "";
      const twice = name && values.cities.indexOf(oblast) >= 0 && own.indexOf(name) >= 0;
      return [twice ? "" : name, rayon, own].filter(Boolean).join(", ");
    };

    const hidden = (center) => {
      if (center.show === "yes") return "";
      return center.phone ? values.show_location[center.show] : card.no_address;
    };

    /* a text, with its language named where it is not the page's */
    const text = (given) => [
      make("span", { lang: given.lang }, given.text),
      ...(given.lang === lang ? [] : [" ", make("span", { class: "soft" }, "(" + values.in_language[given.lang] + ")")]),
    ];

    const where = (center) => {
      const secret = center.show === "no";
      const name = secret ? "" : center.town;
      const lines = [whereabouts(center.oblast, secret ? "" : center.rayon, name)];
      for (const given of [center.address, center.directions]) if (given) lines.push(make("br"), ...text(given));
      const line = hidden(center);
      if (line && (name || center.oblast)) lines.push(make("br"));
      return [...lines, line].filter(Boolean);
    };

    const spoken = (codes) => capital(codes.map((code) => values.language[code]).join(", "));
    const fee = (center) => values.fee[center.fee || "unknown"];

    return { number, distance, rough, span, heading, opening, checked, phone, whereabouts, where, spoken, fee };
  };
})(window.Near);
