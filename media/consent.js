// The consent page: shows the example of the chosen detail and tells the extension what was chosen.
const host = acquireVsCodeApi();
const form = document.getElementById('consent');
const outcome = document.getElementById('outcome');
const remembered = host.getState();

for (const radio of form.elements.detail) {
  if (remembered?.detail === radio.value) radio.checked = true;
  radio.addEventListener('change', show);
}
show();

form.addEventListener('submit', (event) => {
  event.preventDefault();
  tell('use');
});
for (const button of form.querySelectorAll('button[type="button"]')) {
  button.addEventListener('click', () => tell(button.dataset.choice));
}
addEventListener('message', ({ data }) => {
  outcome.textContent = String(data.outcome);
  disable(false);
});

function show() {
  const detail = form.elements.detail.value;
  for (const text of document.querySelectorAll('pre[data-detail]'))
    text.hidden = text.dataset.detail !== detail;
  host.setState({ detail });
}

function tell(choice) {
  disable(true);
  host.postMessage({ choice, detail: form.elements.detail.value });
}

function disable(disabled) {
  for (const button of form.querySelectorAll('button')) button.disabled = disabled;
}
