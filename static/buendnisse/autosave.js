// Saves a section of the application by itself, and loses nothing without a connection.
//
// Every keystroke is kept in this browser first, under a key of this person and this section, and
// taken away once the server has confirmed it. Without this script "save and continue" does it all.
(function () {
  "use strict";

  const form = document.querySelector("form[data-autosave]");
  const source = document.getElementById("autosave-settings");
  if (!form || !source) {
    return;
  }
  const settings = JSON.parse(source.textContent);
  const words = settings.words;
  const KEY = "entwurf:" + settings.key;
  const PLAN = "budget_lines";
  const PAUSE = 2000; // milliseconds after the last keystroke
  const LONGEST_WAIT = 8000; // for somebody who never pauses
  const KEPT_FOR = 14 * 24 * 3600 * 1000;
  const MOST_TRIED = 3;

  const status = document.querySelector("[data-autosave-status]");
  const text = status.querySelector("[data-autosave-text]");
  const login = status.querySelector("[data-autosave-login]");
  const errorList = status.querySelector("[data-autosave-errors]");
  const live = document.querySelector("[data-autosave-live]");
  const noticeBox = form.querySelector("[data-notices]");
  const capBox = document.querySelector("[data-cap]");
  const conflictBox = form.querySelector("[data-conflicts]");

  const names = Array.from(form.querySelectorAll("input[name^='seen-']"), function (input) {
    return input.name.slice("seen-".length);
  });
  const confirmed = new Map(); // by field, the value that the server has
  const tried = new Map(); // by field, what was sent without hearing an answer
  let timer = 0;
  let firstUnsaved = 0;
  let inFlight = false;
  let again = false;
  let submitting = false;
  let kept = false;
  let isOver = false;
  let retryAfter = 0;
  let lastState = "";

  // --- The fields -----------------------------------------------------------------------------

  function controlsOfPlan() {
    return Array.from(form.elements).filter(function (control) {
      return /-(?:\d+-(?:description|amount)|TOTAL_FORMS|INITIAL_FORMS)$/.test(control.name);
    });
  }

  function valueOf(name) {
    if (name === PLAN) {
      return new URLSearchParams(
        controlsOfPlan().map((control) => [control.name, control.value])
      ).toString();
    }
    const control = form.elements[name];
    return control.type === "checkbox" ? (control.checked ? "on" : "") : control.value;
  }

  function setValue(name, value) {
    if (name === PLAN) {
      const lines = new URLSearchParams(value);
      lines.forEach(function (count, key) {
        if (key.endsWith("-TOTAL_FORMS") && window.sitePlan) {
          window.sitePlan.ensureRows(key.replace("-TOTAL_FORMS", ""), Number(count));
        }
      });
      controlsOfPlan().forEach(function (control) {
        if (control.type !== "hidden" && lines.has(control.name)) {
          control.value = lines.get(control.name);
        }
      });
      form.dispatchEvent(new Event("sums", { bubbles: true }));
      return;
    }
    const control = form.elements[name];
    if (control.type === "checkbox") {
      control.checked = value === "on";
    } else {
      control.value = value;
    }
    control.dispatchEvent(new Event("counted", { bubbles: true }));
  }

  function seenInput(name) {
    return form.elements["seen-" + name];
  }

  function unsaved() {
    return names.filter((name) => valueOf(name) !== confirmed.get(name));
  }

  function setConfirmed(name, value) {
    confirmed.set(name, value);
  }

  // --- Kept in this browser -------------------------------------------------------------------

  function keep() {
    if (isOver) {
      return true;
    }
    const dirty = unsaved();
    try {
      if (dirty.length) {
        const fields = {};
        dirty.forEach(function (name) {
          fields[name] = {
            value: valueOf(name),
            seen: seenInput(name).value,
            tried: tried.get(name) || [],
          };
        });
        localStorage.setItem(KEY, JSON.stringify({ at: Date.now(), fields: fields }));
        kept = true;
      } else if (kept) {
        localStorage.removeItem(KEY);
        kept = false;
      }
      return true;
    } catch (error) {
      return !dirty.length;
    }
  }

  function forgetOld() {
    Object.keys(localStorage)
      .filter((key) => key.startsWith("entwurf:"))
      .forEach(function (key) {
        const entry = JSON.parse(localStorage.getItem(key));
        if (!entry || Date.now() - entry.at > KEPT_FOR) {
          localStorage.removeItem(key);
        }
      });
  }

  function restore() {
    const entry = JSON.parse(localStorage.getItem(KEY) || "null");
    if (!entry) {
      return false;
    }
    kept = true;
    let changed = false;
    Object.keys(entry.fields).forEach(function (name) {
      const saved = entry.fields[name];
      if (!names.includes(name) || valueOf(name) === saved.value) {
        return;
      }
      setValue(name, saved.value);
      seenInput(name).value = saved.seen;
      tried.set(name, saved.tried);
      changed = true;
    });
    keep();
    return changed;
  }

  // --- What the person is told ----------------------------------------------------------------

  // Read out is a change of state alone: a screen reader must not speak at every save.
  function say(state, sentence) {
    text.textContent = sentence;
    status.dataset.state = state;
    login.hidden = state !== "ended";
    const quiet = ["waiting", "saving"].includes(state);
    if (!quiet && state !== lastState) {
      live.textContent = sentence;
      lastState = state;
    }
  }

  function showErrors(errors) {
    errorList.replaceChildren();
    Object.keys(errors).forEach(function (id) {
      const control = document.getElementById(id);
      // Nobody is corrected in the middle of a word.
      if (!control || control === document.activeElement) {
        return;
      }
      const item = document.createElement("li");
      const link = document.createElement("a");
      link.href = "#" + id;
      link.className = "kern-link kern-link--no-visited-state";
      link.textContent = errors[id];
      item.append(link);
      errorList.append(item);
    });
    errorList.hidden = !errorList.childElementCount;
  }

  function showConflicts(html) {
    const template = document.createElement("template");
    template.innerHTML = html; // rendered and escaped by our server
    const shown = (root) =>
      Array.from(root.querySelectorAll("input[name^='theirs-']"), (i) => i.name + i.value).join();
    if (shown(template.content) !== shown(conflictBox)) {
      conflictBox.replaceChildren(template.content);
    }
  }

  // Unchanged words stay as they are, or they would be read out again at every save.
  function showIn(box, html) {
    const template = document.createElement("template");
    template.innerHTML = html; // rendered and escaped by our server
    if (template.content.textContent.trim() !== box.textContent.trim()) {
      box.replaceChildren(template.content);
    }
  }

  // --- Saving ---------------------------------------------------------------------------------

  function remember(dirty) {
    dirty.forEach(function (name) {
      const list = (tried.get(name) || []).filter((value) => value !== valueOf(name));
      tried.set(name, list.concat(valueOf(name)).slice(-MOST_TRIED));
    });
  }

  function eachTried(use) {
    tried.forEach((values, name) => values.forEach((value) => use("tried-" + name, value)));
  }

  async function save(leaving) {
    clearTimeout(timer);
    timer = 0;
    const dirty = unsaved();
    const chosen = form.querySelector("[name^='choice-']:checked");
    if (submitting || (!dirty.length && !chosen)) {
      return;
    }
    if (inFlight && !leaving) {
      again = true;
      return;
    }
    const sent = new Map(names.map((name) => [name, valueOf(name)]));
    const data = new URLSearchParams(new FormData(form));
    eachTried((key, value) => data.append(key, value));
    remember(dirty);
    keep();
    inFlight = true;
    again = false;
    firstUnsaved = 0;
    say("saving", words.saving);
    let response = null;
    try {
      response = await fetch(settings.url, {
        method: "POST",
        body: data,
        redirect: "manual",
        keepalive: Boolean(leaving),
        headers: { Accept: "application/json" },
        signal: AbortSignal.timeout(30000),
      });
      await answered(response, sent);
    } catch (error) {
      retry("offline", words.offline);
    } finally {
      inFlight = false;
    }
    if (again) {
      soon(0);
    }
  }

  async function answered(response, sent) {
    const isOurs = (response.headers.get("Content-Type") || "").startsWith("application/json");
    if (isOurs && (response.status === 200 || response.status === 409)) {
      apply(await response.json(), sent);
    } else if (response.status === 401 || response.type === "opaqueredirect") {
      say("ended", words.ended);
    } else if (response.status === 403) {
      // Not our answer: the page's token is older than the session, as after a new log-in.
      say(isOurs ? "refused" : "ended", isOurs ? (await response.json()).said : words.ended);
    } else if (response.status === 429) {
      retry("busy", words.busy, 10000);
    } else {
      retry("failed", words.failed);
    }
  }

  function retry(state, sentence, atLeast) {
    say(state, keep() ? sentence : words.full);
    retryAfter = Math.min(Math.max(retryAfter * 2, atLeast || 3000), 60000);
    soon(retryAfter);
  }

  function apply(answer, sent) {
    const wasAway = ["offline", "failed", "ended", "busy"].includes(lastState);
    retryAfter = 0;
    form.elements.version.value = answer.version;
    tried.clear();
    let reload = false;
    Object.keys(answer.fields).forEach(function (name) {
      const field = answer.fields[name];
      if (field.value === undefined) {
        seenInput(name).value = field.seen;
        if (!field.partly) {
          setConfirmed(name, sent.get(name));
        }
        reload = reload || Boolean(field.reload);
        return;
      }
      // Somebody else's words come into the field where this person has none of their own.
      const isFree = valueOf(name) === sent.get(name) && form.elements[name] !== document.activeElement;
      if (field.chosen || isFree) {
        setValue(name, field.value);
        setConfirmed(name, valueOf(name));
        seenInput(name).value = field.seen;
      } else {
        setConfirmed(name, sent.get(name));
      }
    });
    keep();
    if (reload) {
      submitting = true;
      location.reload();
      return;
    }
    showErrors(answer.errors);
    showConflicts(answer.conflicts);
    // A friendly question about names and stories; it stands where it moves no field.
    showIn(noticeBox, answer.notices);
    if (answer.cap) {
      showIn(capBox, answer.cap);
    }
    if (answer.inConflict.length) {
      say("conflict", words.conflict);
    } else if (!answer.isWhole) {
      say("partly", answer.said);
    } else {
      say("saved", wasAway ? answer.said + " " + words.back : answer.said);
    }
    // What was typed while the answer was on its way.
    if (names.some((name) => valueOf(name) !== sent.get(name) && valueOf(name) !== confirmed.get(name))) {
      changed();
    }
  }

  // --- When -----------------------------------------------------------------------------------

  function soon(delay) {
    clearTimeout(timer);
    timer = setTimeout(save, delay);
  }

  function changed() {
    const isKept = keep();
    if (!unsaved().length) {
      return;
    }
    if (!isKept) {
      say("full", words.full);
    } else if (!["offline", "ended", "conflict"].includes(status.dataset.state)) {
      say("waiting", words.waiting);
    }
    firstUnsaved = firstUnsaved || Date.now();
    soon(Math.max(Math.min(PAUSE, firstUnsaved + LONGEST_WAIT - Date.now()), 0));
  }

  form.addEventListener("input", changed);
  form.addEventListener("change", function (event) {
    const isChoice = event.target.matches("[type=checkbox], [type=radio], select");
    keep();
    if (isChoice) {
      soon(0);
    }
  });
  form.addEventListener("focusout", function (event) {
    const goesToButton = event.relatedTarget && event.relatedTarget.type === "submit";
    if (!goesToButton && timer && unsaved().length) {
      soon(200);
    }
  });

  form.addEventListener("submit", function (event) {
    keep();
    if (!navigator.onLine) {
      event.preventDefault();
      retry("offline", words.offline);
      return;
    }
    clearTimeout(timer);
    submitting = true;
    // Whichever of the two arrives first: both are this person's own words.
    eachTried(function (name, value) {
      const input = document.createElement("input");
      input.type = "hidden";
      input.name = name;
      input.value = value;
      form.append(input);
    });
    try {
      // Read by the next page (site.js), which knows whether all was stored.
      sessionStorage.setItem("abgeschickt", JSON.stringify({ key: KEY, at: location.pathname }));
    } catch (error) {
      // Then the words stay kept until this section is opened again.
    }
  });

  document.addEventListener("signedout", function () {
    isOver = true;
    submitting = true;
    clearTimeout(timer);
  });
  window.addEventListener("online", () => soon(0));
  window.addEventListener("offline", function () {
    if (unsaved().length) {
      retry("offline", words.offline);
    }
  });
  document.addEventListener("visibilitychange", function () {
    if (document.visibilityState === "hidden" && unsaved().length) {
      save(true);
    }
  });
  window.addEventListener("pagehide", function () {
    if (timer) {
      save(true);
    }
  });
  // Out of the browser's memory comes a page that knows nothing of what was saved since.
  window.addEventListener("pageshow", function (event) {
    if (event.persisted) {
      keep();
      location.reload();
    }
  });
  window.addEventListener("beforeunload", function (event) {
    if (!submitting && !keep()) {
      event.preventDefault();
    }
  });

  // --- Beginning ------------------------------------------------------------------------------

  status.hidden = false;
  if (settings.unsaved) {
    // The page came back with words that could not be stored: they are newer than what is kept.
    kept = true;
    keep();
    return;
  }
  names.forEach((name) => setConfirmed(name, valueOf(name)));
  try {
    forgetOld();
    if (restore()) {
      say("restored", words.restored);
      soon(500);
    }
  } catch (error) {
    // A browser that keeps nothing: everything else works as before.
  }
})();
