CREATE TABLE IF NOT EXISTS stock (item text PRIMARY KEY, quantity integer NOT NULL CHECK (quantity >= 0));
INSERT INTO stock VALUES ('clock', 100), ('sundial', 1) ON CONFLICT DO NOTHING;
CREATE TABLE IF NOT EXISTS purchase (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    item text NOT NULL REFERENCES stock,
    quantity integer NOT NULL);
-- One bill for each purchase, and no more than one: nothing but its job writes it.
CREATE TABLE IF NOT EXISTS bill (purchase bigint NOT NULL REFERENCES purchase, attempt integer NOT NULL, text text NOT NULL);
