() => [window.location.search, document.documentElement.lang = navigator.language || "zh"]
