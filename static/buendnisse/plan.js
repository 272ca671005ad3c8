// The finance plan adds itself up while it is typed, in whole cents, by the rules of the year.
// What counts is what the server finds; this shows it at once.
(function () {
  "use strict";

  const SPACE = "[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]";
  const EDGES = new RegExp("^" + SPACE + "+|" + SPACE + "+$", "g");
  const CURRENCY = new RegExp(
    "^(?:€|eur|euro)?" + SPACE + "*([^]*?)" + SPACE + "*(?:€|eur|euro)?$", "i"
  );
  const COMMA_AND_THREE = /^[1-9]\d{0,2},\d{3}$/;
  const UNGROUPED = /^(\d+)(?:[.,](\d{1,2}))?$/;
  const GROUPED = /^([1-9]\d{0,2}([., ])\d{3}(?:\2\d{3})*)(?:(?!\2)[.,](\d{1,2}))?$/;
  const LARGEST = 999999999999n;
  const LONGEST = 40;

  // Cents as BigInt; null where nothing is written, undefined where it cannot be read: exactly
  // what funding.rules.money.parse_euro reads.
  function parseEuro(written) {
    if (Array.from(written).length > LONGEST) {
      return undefined;
    }
    const folded = written.replace(/[\u00a0\u202f\u2009\u2007]/g, " ").replace(EDGES, "");
    const bare = CURRENCY.exec(folded)[1].replace(/(\d)[,.](?:--?|[–—])$/, "$1");
    if (!bare) {
      return null;
    }
    if (COMMA_AND_THREE.test(bare)) {
      return undefined;
    }
    const plain = UNGROUPED.exec(bare);
    const grouped = plain ? null : GROUPED.exec(bare);
    if (!plain && !grouped) {
      return undefined;
    }
    const whole = (plain || grouped)[1].replace(/\D/g, "");
    const cents = (plain ? plain[2] : grouped[3]) || "";
    const amount = BigInt(whole) * 100n + BigInt(cents.padEnd(2, "0") || "0");
    return amount > LARGEST ? undefined : amount;
  }

  function formatEuro(cents, english) {
    const sign = cents < 0n ? "−" : "";
    const amount = cents < 0n ? -cents : cents;
    const whole = String(amount / 100n).replace(/\B(?=(\d{3})+$)/g, english ? "," : ".");
    const rest = amount % 100n;
    const digits = rest ? whole + (english ? "." : ",") + String(rest).padStart(2, "0") : whole;
    return english ? sign + "€" + digits : sign + digits + "\u00a0€";
  }

  // "12.50" in hundredths; shares and caps come from the server written so.
  function hundredths(number) {
    const parts = number.split(".");
    return BigInt(parts[0]) * 100n + BigInt(((parts[1] || "") + "00").slice(0, 2));
  }

  // The problems of a plan as applications.rules.finance_plan.check finds them, then the cap.
  function problems(totals, rules) {
    const found = [];
    const costs = totals.costs;
    if (!costs) {
      found.push(["costs_missing", {}]);
    }
    if (!totals.grant) {
      found.push(["grant_missing", {}]);
    }
    if (costs) {
      const gap = costs - totals.funding;
      if (gap) {
        found.push([
          gap > 0n ? "funding_too_low" : "funding_too_high",
          { gap: gap > 0n ? gap : -gap, costs: costs, funding: totals.funding },
        ]);
      }
      const minimum = (costs * hundredths(rules.ownShare) + 9999n) / 10000n;
      if (totals.own_funds < minimum) {
        found.push([
          "own_share_too_low",
          { percent: rules.ownShareShown, minimum: minimum, own_funds: totals.own_funds },
        ]);
      }
      const share = hundredths(rules.grantShare);
      const maximum = (costs * share) / 10000n;
      if (totals.grant > maximum && share < 10000n) {
        found.push([
          "grant_share_too_high",
          { percent: rules.grantShareShown, maximum: maximum, grant: totals.grant },
        ]);
      }
    }
    if (rules.cap && totals.grant > hundredths(rules.cap)) {
      found.push(["above_cap", { requested: totals.grant, cap: hundredths(rules.cap) }]);
    }
    return found;
  }

  // One more line: a copy of the last one, empty, with the next number.
  function addRow(prefix) {
    const total = document.getElementById("id_" + prefix + "-TOTAL_FORMS");
    const count = Number(total.value);
    const most = Number(document.getElementById("id_" + prefix + "-MAX_NUM_FORMS").value);
    const rows = document.querySelectorAll("#plan-" + prefix + " tbody tr");
    if (!rows.length || count >= most) {
      return null;
    }
    const row = rows[rows.length - 1].cloneNode(true);
    row.querySelectorAll(".kern-error").forEach((error) => error.remove());
    row.querySelectorAll("*").forEach(function (element) {
      ["id", "name", "for", "aria-describedby"].forEach(function (attribute) {
        const value = element.getAttribute(attribute);
        if (value) {
          element.setAttribute(attribute, value.replace(/-\d+-/g, "-" + count + "-"));
        }
      });
      element.classList.remove("kern-form-input--error", "kern-form-input__input--error");
      if (element.tagName === "INPUT") {
        element.value = "";
        element.removeAttribute("value");
        element.removeAttribute("aria-invalid");
        element.removeAttribute("aria-describedby");
      }
    });
    rows[0].parentNode.append(row);
    total.value = String(count + 1);
    return row;
  }

  function ensureRows(prefix, count) {
    const total = document.getElementById("id_" + prefix + "-TOTAL_FORMS");
    while (Number(total.value) < count && addRow(prefix)) {
      continue;
    }
  }

  window.sitePlan = { parseEuro: parseEuro, ensureRows: ensureRows, problems: problems };

  const source = document.getElementById("autosave-settings");
  const panel = document.querySelector("[data-plan-totals]");
  if (!source || !panel) {
    return;
  }
  const rules = JSON.parse(source.textContent).plan;
  const form = panel.closest("form");
  const box = panel.querySelector("[data-plan-problems]");
  box.setAttribute("aria-live", "polite");

  function sum(controls, unreadable) {
    let total = 0n;
    controls.forEach(function (control) {
      const amount = parseEuro(control.value);
      if (amount === undefined) {
        unreadable.push(control);
      }
      total += amount || 0n;
    });
    return total;
  }

  function show() {
    const unreadable = [];
    const of = (prefix) =>
      sum(form.querySelectorAll("input[name^='" + prefix + "-'][name$='-amount']"), unreadable);
    const totals = {
      costs: of("cost"),
      own_funds: of("own_funds"),
      third_party: of("third_party"),
      income: of("income"),
      grant: sum(form.querySelectorAll("input[name='requested_amount']"), unreadable),
    };
    totals.funding = totals.own_funds + totals.third_party + totals.income + totals.grant;
    Object.keys(totals).forEach(function (name) {
      panel.querySelector("[data-total='" + name + "']").textContent = formatEuro(totals[name], rules.english);
    });
    panel.querySelector("h2").textContent = rules.heading;
    const found = problems(totals, rules);
    const sentences = found.map(function (problem) {
      return rules.sentences[problem[0]].replace(/%\((\w+)\)s/g, function (_, name) {
        const value = problem[1][name];
        return typeof value === "bigint" ? formatEuro(value, rules.english) : value;
      });
    });
    if (unreadable.length) {
      sentences.unshift(rules.unreadable);
    }
    const written = sentences.length ? sentences : [rules.balanced];
    // Unchanged sentences are not written anew, or they would be read out at every keystroke.
    if (Array.from(box.children, (line) => line.textContent).join() === written.join()) {
      return;
    }
    box.replaceChildren(
      ...written.map(function (sentence) {
        const line = document.createElement("p");
        const words = document.createElement(sentences.length ? "strong" : "span");
        words.textContent = sentence;
        line.className = "kern-body";
        line.append(words);
        return line;
      })
    );
  }

  form.addEventListener("input", show);
  form.addEventListener("sums", show);
  form.addEventListener("click", function (event) {
    const button = event.target.closest("button[name='one_more']");
    const row = button && addRow(button.value);
    if (row) {
      event.preventDefault();
      row.querySelector("input").focus();
      form.dispatchEvent(new Event("input", { bubbles: true }));
    }
  });
})();
