// Saves a file that the server put into the page; nothing is fetched.
watch("value", () => {
  const parcel = element.querySelector("[data-parcel]");
  if (!parcel) return;
  const bytes = Uint8Array.from(atob(parcel.dataset.parcel), (char) => char.charCodeAt(0));
  const address = URL.createObjectURL(new Blob([bytes], { type: parcel.dataset.kind }));
  const link = Object.assign(document.createElement("a"), { href: address, download: parcel.dataset.name });
  document.body.append(link);
  link.click();
  link.remove();
  parcel.remove();
  setTimeout(() => URL.revokeObjectURL(address), 60000);
});
