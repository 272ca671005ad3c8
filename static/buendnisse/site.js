// Small help for people who use a keyboard or a screen reader. Every page works without it.
(function () {
  "use strict";

  function focusErrorSummary(root) {
    const summary = root.querySelector("[data-error-summary]");
    if (!summary) {
      return;
    }
    const prefix = document.documentElement.lang.startsWith("en") ? "Error: " : "Fehler: ";
    if (!document.title.startsWith(prefix)) {
      document.title = prefix + document.title;
    }
    summary.focus();
  }

  // A jump to a field should also put the cursor there and show its label, not only the box.
  document.addEventListener("click", function (event) {
    const link = event.target.closest("[data-error-summary] a[href^='#']");
    if (!link) {
      return;
    }
    const field = document.getElementById(link.getAttribute("href").slice(1));
    if (!field) {
      return;
    }
    event.preventDefault();
    const frame = field.closest("fieldset.site-choices, .kern-form-input, .kern-form-check");
    (frame || field).scrollIntoView({ block: "start" });
    field.focus({ preventScroll: true });
  });

  document.addEventListener("htmx:afterSwap", function (event) {
    focusErrorSummary(event.target);
  });

  // Words that a form keeps in this browser (autosave.js, keeping.js) are gone with their person.
  document.addEventListener("submit", function (event) {
    if (!new URL(event.target.action).pathname.endsWith("/logout/")) {
      return;
    }
    // Before a form that is still open keeps its words once more, on leaving.
    document.dispatchEvent(new Event("signedout"));
    try {
      Object.keys(localStorage)
        .filter((key) => key.startsWith("entwurf:"))
        .forEach((key) => localStorage.removeItem(key));
      Object.keys(sessionStorage)
        .filter((key) => key.startsWith("getippt:"))
        .forEach((key) => sessionStorage.removeItem(key));
    } catch (error) {
      // A browser that keeps nothing has nothing to forget.
    }
  });

  // A section was sent, and the answer says that all of it is stored.
  function forgetWhatWasSent() {
    try {
      const sent = JSON.parse(sessionStorage.getItem("abgeschickt"));
      sessionStorage.removeItem("abgeschickt");
      const application = sent && sent.at.replace(/[^/]+\/$/, "");
      const isStored = document.querySelector("[data-stored]");
      if (sent && isStored && location.pathname.startsWith(application)) {
        localStorage.removeItem(sent.key);
      }
    } catch (error) {
      // As above.
    }
  }

  forgetWhatWasSent();
  focusErrorSummary(document);
})();
