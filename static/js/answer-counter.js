// Numbers the saves of an answer, so that a slow older one never overwrites a newer one: form > input[name=sequence].
document.addEventListener("htmx:configRequest", (event) => {
  const counter = event.target.elements?.sequence;
  if (!counter) return;
  event.detail.parameters.sequence = counter.value;
  counter.value = Number(counter.value) + 1;
});
