// Keeps what is typed into a form in this window of the browser until the form is taken.
//
// Under a key of the person and the address that the form is sent to, so a second form on the page,
// a sign-out in another window or an ended session loses nothing. Never kept: hidden fields,
// passwords, files. Without this script every form works as before.
(function () {
  "use strict";

  const note = document.querySelector("[data-kept-words]");
  if (!note) {
    return;
  }
  const PREFIX = "getippt:";
  const OWN = PREFIX + note.dataset.person + ":";
  const TAKEN = "taken";
  const MARK = "kept_in_browser";
  const NEVER = ["hidden", "password", "file", "submit", "button", "reset", "image", "fieldset", "output"];
  const TEXTS = "textarea, input:not([type]), input[type=text], input[type=email], input[type=number]";

  const touched = new Set();
  let isLeaving = false;

  // --- The forms --------------------------------------------------------------------------------

  function forms() {
    return Array.from(document.querySelectorAll("form")).filter(function (form) {
      return form.method === "post" && !form.closest("[data-keep=off]") && form.querySelector(TEXTS);
    });
  }

  function keyOf(form) {
    // Not form.action: a field may be called so.
    const action = new URL(form.getAttribute("action") || "", location.href);
    return OWN + action.pathname;
  }

  function controlsOf(form) {
    return Array.from(form.elements).filter((control) => control.name && !NEVER.includes(control.type));
  }

  function isChoice(control) {
    return control.type === "checkbox" || control.type === "radio";
  }

  function nameOf(control) {
    return isChoice(control) ? control.name + "=" + control.value : control.name;
  }

  function stateOf(control) {
    if (isChoice(control)) {
      return control.checked ? "1" : "";
    }
    if (control.options) {
      return JSON.stringify(Array.from(control.selectedOptions, (option) => option.value));
    }
    return control.value;
  }

  // As the server has sent it.
  function sentState(control) {
    if (isChoice(control)) {
      return control.defaultChecked ? "1" : "";
    }
    if (control.options) {
      const chosen = Array.from(control.options).filter((option) => option.defaultSelected);
      const first = chosen.length || control.multiple ? chosen : Array.from(control.options).slice(0, 1);
      return JSON.stringify(first.map((option) => option.value));
    }
    return control.defaultValue;
  }

  function setState(control, state) {
    if (isChoice(control)) {
      control.checked = state === "1";
    } else if (control.options) {
      const values = JSON.parse(state);
      Array.from(control.options).forEach(function (option) {
        option.selected = values.includes(option.value);
      });
    } else {
      control.value = state;
    }
  }

  // It came back with what was typed, to be mended or to be read once more: nothing of it is stored.
  function cameBack(form) {
    return form.hasAttribute("data-unsaved") || Boolean(form.querySelector(".errornote"));
  }

  // --- Keeping ----------------------------------------------------------------------------------

  function kept(key) {
    try {
      return JSON.parse(sessionStorage.getItem(key) || "null");
    } catch (error) {
      return null;
    }
  }

  // Whether nothing would be lost now.
  function keep(form) {
    const key = keyOf(form);
    const before = kept(key);
    const whole = cameBack(form);
    const fields = {};
    controlsOf(form).forEach(function (control) {
      const name = nameOf(control);
      const known = before && before.fields[name];
      if (known ? stateOf(control) !== known[1] || whole : whole || stateOf(control) !== sentState(control)) {
        // Beside it what the server had when it was typed.
        fields[name] = [stateOf(control), known ? known[1] : whole ? null : sentState(control)];
      }
    });
    try {
      if (!Object.keys(fields).length) {
        sessionStorage.removeItem(key);
      } else if (!before || JSON.stringify(before.fields) !== JSON.stringify(fields)) {
        sessionStorage.setItem(key, JSON.stringify({ at: Date.now(), fields: fields }));
      }
      return true;
    } catch (error) {
      return !Object.keys(fields).length;
    }
  }

  function keepAll() {
    return Array.from(touched, keep).every(Boolean);
  }

  function halfWritten() {
    return Array.from(touched).some((form) => kept(keyOf(form)) !== null);
  }

  function forget(prefix) {
    Object.keys(sessionStorage)
      .filter((key) => key.startsWith(prefix))
      .forEach((key) => sessionStorage.removeItem(key));
  }

  // The server names the form that it has taken in a cookie, once.
  function forgetWhatWasTaken() {
    const found = document.cookie.split("; ").find((cookie) => cookie.startsWith(TAKEN + "="));
    if (!found) {
      return;
    }
    document.cookie = TAKEN + "=; path=/; max-age=0; samesite=lax";
    sessionStorage.removeItem(OWN + decodeURIComponent(found.slice(TAKEN.length + 1)));
  }

  // --- Bringing back ----------------------------------------------------------------------------

  // The controls that now show what was kept; choices only where the server still says the same.
  function restore(form, entry) {
    return controlsOf(form).filter(function (control) {
      const saved = entry.fields[nameOf(control)];
      if (!saved || saved[0] === stateOf(control)) {
        return false;
      }
      const isText = !isChoice(control) && !control.options;
      if (!isText && saved[1] !== null && saved[1] !== sentState(control)) {
        return false;
      }
      setState(control, saved[0]);
      return true;
    });
  }

  function sentence(at) {
    const when = new Date(at);
    const language = document.documentElement.lang;
    const time = when.toLocaleTimeString(language, { hour: "2-digit", minute: "2-digit" });
    const isToday = when.toDateString() === new Date().toDateString();
    const words = isToday ? note.dataset.today : note.dataset.earlier;
    return words.replace("{time}", time).replace("{day}", when.toLocaleDateString(language));
  }

  function addButton(words, act) {
    const button = document.createElement("button");
    const label = document.createElement("span");
    button.type = "button";
    button.className = note.dataset.button;
    label.className = "kern-label";
    label.textContent = words;
    button.append(label);
    button.addEventListener("click", act);
    note.querySelector("[data-kept-buttons]").append(button, " ");
  }

  function show(found) {
    const first = found[0].controls[0];
    note.querySelector("[data-kept-sentence]").textContent = sentence(
      Math.max.apply(null, found.map((each) => each.at))
    );
    addButton(note.dataset.show, function () {
      const folded = first.closest("details");
      if (folded) {
        folded.open = true;
      }
      first.scrollIntoView({ block: "center" });
      first.focus({ preventScroll: true });
    });
    addButton(note.dataset.discard, function () {
      found.forEach(function (each) {
        each.controls.forEach((control) => setState(control, sentState(control)));
        sessionStorage.removeItem(keyOf(each.form));
        touched.delete(each.form);
        each.controls[0].dispatchEvent(new Event("counted", { bubbles: true }));
      });
      note.hidden = true;
      document.querySelector("main").focus();
    });
    note.hidden = false;
  }

  function begin() {
    // What another person has left in this window is not for this one.
    Object.keys(sessionStorage)
      .filter((key) => key.startsWith(PREFIX) && !key.startsWith(OWN))
      .forEach((key) => sessionStorage.removeItem(key));
    forgetWhatWasTaken();
    const found = [];
    forms().forEach(function (form) {
      if (cameBack(form)) {
        touched.add(form);
        keep(form);
        return;
      }
      const entry = kept(keyOf(form));
      const controls = entry ? restore(form, entry) : [];
      if (controls.length) {
        touched.add(form);
        controls.forEach((control) => control.dispatchEvent(new Event("counted", { bubbles: true })));
        found.push({ form: form, at: entry.at, controls: controls });
      }
    });
    if (found.length) {
      show(found);
    }
  }

  // --- When -------------------------------------------------------------------------------------

  ["input", "change"].forEach(function (event) {
    document.addEventListener(event, function (happened) {
      const form = happened.target.form;
      if (form && forms().includes(form)) {
        touched.add(form);
        keep(form);
      }
    });
  });

  // Within this site the words stay kept, whether the form is sent or a link is followed.
  function leaving() {
    isLeaving = keepAll();
    setTimeout(function () {
      isLeaving = false;
    }, 3000);
  }

  document.addEventListener("submit", function (event) {
    const form = event.target;
    if (form.method === "post" && new URL(form.getAttribute("action") || "", location.href).pathname.endsWith("/logout/")) {
      // By one's own hand: nothing stays for whoever sits here next.
      touched.clear();
      forget(PREFIX);
      return;
    }
    leaving();
    isLeaving = isLeaving || touched.has(form);
    // Also where the words are only read over once more, in fields that nobody sees.
    if (form.method === "post" && kept(keyOf(form)) && !form.elements[MARK]) {
      const mark = document.createElement("input");
      mark.type = "hidden";
      mark.name = MARK;
      mark.value = "1";
      form.append(mark);
    }
  });

  document.addEventListener("click", function (event) {
    const link = event.target.closest("a[href]");
    if (link && link.origin === location.origin && !link.target) {
      leaving();
    }
  });

  // Closing the window would lose them; so would leaving where this browser keeps nothing.
  window.addEventListener("beforeunload", function (event) {
    const isSafe = keepAll();
    if (!isLeaving && (halfWritten() || !isSafe)) {
      event.preventDefault();
    }
  });

  try {
    begin();
  } catch (error) {
    // A browser that keeps nothing: everything else works as before.
  }
})();
