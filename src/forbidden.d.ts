declare const forbidden: never;
export = forbidden;
