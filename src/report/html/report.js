(function () {
  "use strict";
  var find = document.getElementById("find"), only = document.getElementById("only"), found = document.getElementById("found");
  var steps = document.getElementById("steps"), at = -1, timer = 0;
  document.querySelector(".script").hidden = false;

  function reveal(element) {
    for (var e = element; e && e !== steps; e = e.parentElement) if (e.tagName === "DETAILS") e.open = true;
    element.scrollIntoView({ block: "center" });
  }
  function follow() {
    var target = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
    if (target && steps.contains(target)) reveal(target);
  }
  function search() {
    var words = find.value.trim().toLowerCase().split(/\s+/).filter(Boolean), count = 0;
    steps.querySelectorAll(".s").forEach(function (step) { step.classList.toggle("out", words.length > 0); });
    if (words.length) steps.querySelectorAll(".s:not(.q)").forEach(function (step) {
      var text = step.textContent.toLowerCase();
      if (!words.every(function (word) { return text.indexOf(word) >= 0; })) return;
      count += 1;
      for (var e = step; e && e !== steps; e = e.parentElement) {
        if (e.classList.contains("s")) e.classList.remove("out");
        if (e.tagName === "DETAILS" && e.classList.contains("q")) e.open = true;
      }
    });
    found.textContent = words.length ? count + (count === 1 ? " step" : " steps") : "";
  }
  function next() {
    var failing = steps.querySelectorAll(".s:not(.q):is(.fail, .error, .aborted, .undetermined)");
    if (!failing.length) { found.textContent = "nothing failed"; return; }
    at = (at + 1) % failing.length;
    location.hash = failing[at].id;
    reveal(failing[at]);
    found.textContent = (at + 1) + " of " + failing.length;
  }
  function fold(open) {
    steps.querySelectorAll("details.q").forEach(function (sequence) { sequence.open = open; });
  }
  find.addEventListener("input", function () { clearTimeout(timer); timer = setTimeout(search, 120); });
  only.addEventListener("change", function () { document.body.classList.toggle("only", only.checked); });
  document.getElementById("next").addEventListener("click", next);
  document.getElementById("unfold").addEventListener("click", function () { fold(true); });
  document.getElementById("fold").addEventListener("click", function () { fold(false); });
  document.addEventListener("keydown", function (event) {
    if (event.key === "n" && !event.ctrlKey && !event.metaKey && !event.altKey && event.target.tagName !== "INPUT") next();
  });
  addEventListener("hashchange", follow);
  follow();
})();
