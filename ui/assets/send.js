(...given) => [...given.slice(0, -1), window.tongbao?.scope?.() || ""]
