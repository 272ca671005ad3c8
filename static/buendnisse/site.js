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

  focusErrorSummary(document);
})();
