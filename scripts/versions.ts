// What a report of a failure has to name.
console.log(`Node ${process.version}, ${process.platform}-${process.arch}`);
