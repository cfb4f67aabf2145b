-- Accounts of shoppers. Nobody can sign in to one: no password has this hash.
INSERT INTO "User" (id, email, name, "passwordHash", "verifiedAt", "customerKey", "stripeCustomerId", "createdAt")
SELECT size."firstUser" + n, format('%s.%s.%s@customers.example', lower(first), lower(last), n), first || ' ' || last, 'none',
  CASE WHEN n % 10 > 0 THEN registered + interval '5 minutes' END,
  CASE WHEN n % 4 > 0 THEN md5('customer ' || n) END, CASE WHEN n % 4 > 0 THEN 'cus_' || left(md5('customer ' || n), 14) END,
  registered
FROM building.size AS size, generate_series(1, size.customers) AS n,
  LATERAL (SELECT
    (ARRAY['Ada', 'Grace', 'Alan', 'Edsger', 'Barbara', 'Donald', 'Margaret', 'Dennis', 'Frances', 'Ken', 'Radia', 'Tony', 'Joan',
      'John', 'Karen', 'Niklaus', 'Hedy', 'Linus', 'Mary', 'Robin'])[1 + building.roll(n, 21, 20)] AS first,
    (ARRAY['Lovelace', 'Hopper', 'Turing', 'Dijkstra', 'Liskov', 'Knuth', 'Hamilton', 'Ritchie', 'Allen', 'Thompson', 'Perlman',
      'Hoare', 'Clarke', 'Backus', 'Jones', 'Wirth', 'Lamarr', 'Torvalds', 'Shaw', 'Milner'])[1 + building.roll(n, 22, 20)] AS last,
    size.today - interval '730 days' + n * (interval '729 days' / size.customers) AS registered
  ) AS chosen;
