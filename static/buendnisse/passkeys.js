// Passkeys: asks the browser for one when a form marked data-passkey is sent, and puts the answer
// into the form. webauthn-json.js, from django-allauth, turns JSON into what browsers take and back.
(function () {
  "use strict";

  const forms = document.querySelectorAll("form[data-passkey]");

  function note(kind) {
    document.querySelectorAll("[data-passkey-note]").forEach(function (element) {
      element.hidden = element.dataset.passkeyNote !== kind;
    });
  }

  // Either on the page, or asked for at the moment of signing in.
  async function readOptions(form) {
    if (form.dataset.passkeyOptions) {
      return JSON.parse(document.getElementById(form.dataset.passkeyOptions).textContent);
    }
    const response = await fetch(form.dataset.passkeyOptionsUrl, {
      headers: { Accept: "application/json" },
    });
    if (!response.ok) {
      throw new Error("no options: " + response.status);
    }
    return response.json();
  }

  // A passkey that signs in alone has to be stored on the device, and asks who holds it.
  function choosePurpose(form, publicKey) {
    const alone = form.elements.passwordless && form.elements.passwordless.checked;
    const wanted = publicKey.authenticatorSelection;
    wanted.residentKey = alone ? "required" : "discouraged";
    wanted.requireResidentKey = Boolean(alone);
    wanted.userVerification = alone ? "required" : "preferred";
  }

  async function ask(form) {
    const options = await readOptions(form);
    if (form.dataset.passkey === "create") {
      choosePurpose(form, options.creation_options.publicKey);
      return window.webauthnJSON.create(options.creation_options);
    }
    return window.webauthnJSON.get(options.request_options);
  }

  async function send(event) {
    event.preventDefault();
    const form = event.target;
    const button = form.querySelector("button[type=submit]");
    button.disabled = true;
    note("");
    try {
      form.elements.credential.value = JSON.stringify(await ask(form));
      form.submit();
    } catch {
      button.disabled = false;
      note("failed");
    }
  }

  // A passkey belongs to a name; there is none for a bare IP address.
  const hasName = !/^[\d.]+$|^\[/.test(window.location.hostname);

  if (!(hasName && window.webauthnJSON && window.webauthnJSON.supported())) {
    note("unsupported");
    return;
  }
  forms.forEach(function (form) {
    form.hidden = false;
    form.addEventListener("submit", send);
  });
})();
