// What is longer than a field can hold (its maxlength) is not cut, as browsers would do with what is pasted: it
// stays as it is, its form is not sent, and the browser says by how much it is too long. The words are the page's.
const SAYS = document.documentElement.dataset.tooLong;

addEventListener("focusin", ({ target }) => {
  if (!SAYS || !(target.maxLength > 0)) return;
  target.dataset.most = target.maxLength;
  target.removeAttribute("maxlength");
});

addEventListener("input", ({ target }) => {
  const most = Number(target.dataset?.most);
  if (!most) return;
  const was = target.validity.customError, over = [...target.value].length - most;
  target.setCustomValidity(over > 0 ? SAYS.replace("%(n)s", over).replace("%(most)s", most) : "");
  if (over > 0 && !was) target.reportValidity();
});
