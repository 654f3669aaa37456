-- Orders that nobody has paid for an hour: the metric 'unpaid'.
SELECT count(*) FROM orders WHERE paid_at IS NULL AND made_at < now() - interval '1 hour';
