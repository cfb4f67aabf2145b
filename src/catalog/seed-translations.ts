// The sample products in German, by slug.
import type { ProductTexts, ProductTranslation } from './product-texts.js'

type Texts = Pick<ProductTexts, 'name' | 'summary' | 'description'> & Pick<ProductTranslation, 'options'>

export const GERMAN_CATEGORIES: Readonly<Record<string, string>> = {
  Kitchen: 'Küche',
  Light: 'Licht',
  Paper: 'Papier',
  Desk: 'Schreibtisch',
}

export const GERMAN_TEXTS: Readonly<Record<string, Texts>> = {
  'stoneware-mug': {
    name: 'Steingutbecher',
    summary: 'Ein gedrehter Becher mit Henkel für drei Finger, für 320 oder 450 ml.',
    description:
      'Von einem einzigen Paar Hände gedreht und bis zwei Finger über dem Fuß glasiert: Am blanken Ton rutscht er nicht. Die Glasur ist matt und wird dunkler, wo sie dicker steht.\n\nGemessen bis einen Finger unter dem Rand. Für Spülmaschine und Mikrowelle geeignet. Der Fuß ist geschliffen und zerkratzt keinen Tisch.',
    options: { Color: 'Farbe', Sage: 'Salbei', Clay: 'Ton', Ink: 'Tinte', Size: 'Größe' },
  },
  'pivot-desk-lamp': {
    name: 'Gelenk-Schreibtischlampe',
    summary: 'Zwei Arme, ein Schirm und Gelenke, die bleiben, wo man sie lässt.',
    description:
      'Pulverbeschichteter Stahl auf einem gegossenen Fuß von 2,1 kg, der auch bei voller Reichweite (74 cm) steht. Reibscheiben statt Federn: Die Gelenke sacken nicht ab, knarren nicht und lassen sich mit einer Münze nachziehen.\n\nFür E27-Leuchtmittel bis 10 W; eines mit warmen 2700 K liegt bei. Textilkabel, 2,2 m, mit Schalter im Fuß.',
    options: { Color: 'Farbe', Harbour: 'Hafenblau', Moss: 'Moos', Brick: 'Ziegel' },
  },
  'grid-notebook': {
    name: 'Notizbuch A5, kariert',
    summary: 'Liegt flach, verträgt Tinte und hat 5-mm-Karos, die man übersehen kann.',
    description:
      '192 Seiten Papier mit 90 g aus einer Mühle, die ihm noch etwas Baumwolle beigibt, in Lagen zu sechzehn Seiten geheftet, damit jede Doppelseite flach liegt. Die Karos sind so hellgrau, dass kein Kopierer sie sieht.\n\nLeinenumschlag, nummerierte Seiten, zwei Lesebänder und hinten eine Tasche für Belege.',
  },
  'iron-kettle': {
    name: 'Gusseiserner Wasserkessel',
    summary: 'Ein Kessel aus Morioka mit 1,1 Litern, für Gas, Induktion und offenes Feuer.',
    description:
      'In einer Gießerei in Morioka in Sand gegossen und innen durch Brennen versiegelt, nicht durch Emaille. Er hält Wasser eine halbe Stunde heiß und macht es ein wenig weicher.\n\n1,1 Liter, 1,9 kg. Heiß ausleeren und den Deckel weglassen: Die Restwärme trocknet ihn.',
  },
  'oak-desk-tray': {
    name: 'Schreibtischschale aus Eiche',
    summary: 'Ein Stück Eiche, ausgehöhlt für Telefon, Schlüssel und die Post des Tages.',
    description:
      'Aus einem einzigen Stück europäischer Eiche geschnitten: Es gibt keine Fuge, die im Winter aufgeht. In die lange Mulde passen Telefon oder Stift, in die quadratische Schlüssel, Klammern und Münzen.\n\n32 × 14 × 2,4 cm, mit Hartwachsöl behandelt. Korkpunkte an der Unterseite.',
  },
  'santoku-knife': {
    name: 'Santoku 165 mm',
    summary: 'Ein leichtes Allzweckmesser mit Griff aus Magnolienholz.',
    description:
      'Drei Lagen: ein Kern aus weißem Papierstahl, auf 61 HRC gehärtet, zwischen zwei Lagen weichem rostfreiem Stahl. Nur die Schneide braucht Pflege. Hinter der Schneide dünn geschliffen und mit 138 g leichter, als es aussieht.\n\nVor dem Versand von Hand geschärft. Nach Gebrauch abtrocknen und nicht in die Spülmaschine geben.',
  },
  'brass-ballpoint': {
    name: 'Kugelschreiber aus Messing',
    summary: 'Ein gedrehter Stift für Minen, die es in jedem Schreibwarenladen gibt.',
    description:
      'Aus einem Stab massiven Messings gedreht, 9 mm stark, mit feinen Rillen für die Finger. Er ist nicht lackiert: Wo man ihn hält, dunkelt er nach, sonst bleibt er blank.\n\n138 mm, 41 g. Für G2-Minen; eine in Blauschwarz liegt bei.',
    options: { Point: 'Spitze', '0.5 mm': '0,5 mm', '0.7 mm': '0,7 mm' },
  },
  'pour-over-stand': {
    name: 'Kaffeeständer',
    summary: 'Ein Ständer aus Nussbaum, ein Filter aus Porzellan und eine Kanne für zwei Tassen.',
    description:
      'Der Filter hat ein großes Loch und zwölf Rippen: Das Tempo bestimmen Sie, nicht das Papier. Der Arm gleitet auf der Stahlstange und hält in jeder Höhe, von der Espressotasse bis zur Thermosflasche.\n\nKanne aus Borosilikatglas, 500 ml, mit Marken bei 250 und 400. Für Filtertüten der Größe 02; vierzig liegen bei.',
  },
  'tape-dispenser': {
    name: 'Klebebandabroller aus Guss',
    summary: 'Schwer genug, um Klebeband mit einer Hand abzureißen.',
    description:
      'Ein Kilogramm Gusseisen unter Emaille: Er bleibt stehen, wenn Sie ziehen. Die Klinge ist ein Streifen rostfreier Stahl, von zwei Schrauben gehalten, und wird gewendet, wenn eine Seite stumpf ist.\n\nFür Rollen von 19 mm mit dem üblichen Kern von 25 mm. Filz an der Unterseite.',
  },
  'nesting-bowls': {
    name: 'Schüsselsatz, dreiteilig',
    summary: 'Drei Rührschüsseln auf dem Platz von einer.',
    description:
      'Emaillierter Stahl in drei Größen: 0,8, 1,7 und 3,2 Liter. Jede hat auf einer Seite einen Ausguss, der nicht tropft, und auf der anderen eine Fläche für den Daumen.\n\nSie vertragen Backofen bis 230 °C, Gefrierfach und Spülmaschine. Eine Macke bessern wir einmal kostenlos aus.',
    options: { Rims: 'Rand', Mixed: 'gemischt', 'All blue': 'ganz blau' },
  },
  'globe-lamp': {
    name: 'Kugel-Tischlampe',
    summary: 'Eine Kugel aus Opalglas auf einem niedrigen Fuß aus Buche, für den Abend.',
    description:
      'Mundgeblasenes Opalglas in drei Lagen: Das Licht ist gleichmäßig, das Leuchtmittel nie zu sehen. Der Fuß ist aus gedrechselter Buche, mit einem Dimmer dort, wo der Daumen ihn findet.\n\nE14-Leuchtmittel bis 6 W, liegt bei. Kabel 1,8 m.',
    options: { Size: 'Größe' },
  },
  'cedar-pencils': {
    name: 'Zwölf Bleistifte aus Zeder',
    summary: 'Zwei harte, acht mittlere, zwei weiche; alle aus Weihrauchzeder.',
    description:
      'Sechseckig, geschliffen und unlackiert bis auf das Ende, dessen Farbe den Härtegrad zeigt: Grau für 2H, Grün für HB, Ocker für 2B. Weihrauchzeder lässt sich spitzen, ohne zu splittern, und duftet.\n\nZwölf Stück in einer Schiebeschachtel aus Graupappe, mit einem Spitzer aus Stahl.',
  },
  'end-grain-board': {
    name: 'Schneidebrett aus Hirnholz',
    summary: 'Ein Brett aus Ahornklötzen, das sich über seinen Schnitten schließt.',
    description:
      'Dreiundsechzig Klötze aus Ahorn und Nussbaum, mit stehender Faser verleimt: Die Klinge gleitet zwischen die Fasern statt quer durch sie. 38 × 26 × 4 cm, 2,9 kg.\n\nDreimal geölt. Ab und zu wenden, und ölen, wenn es trocken aussieht.',
  },
  'quiet-clock': {
    name: 'Leise Tischuhr',
    summary: 'Eine Uhr ohne Ticken, mit Zeigern, die man quer durchs Zimmer liest.',
    description:
      'Der Sekundenzeiger gleitet, also hört man nichts. Das Zifferblatt ist in zwei Grautönen gedruckt, mit einer farbigen Marke zur Stunde, zu der Sie gern Feierabend machen: Drehen Sie den Ring, um sie zu stellen.\n\nGehäuse aus Esche, 12 cm. Eine AA-Batterie hält etwa achtzehn Monate.',
  },
  'letter-set': {
    name: 'Briefset aus Washi',
    summary: 'Zwanzig Bogen und zehn Umschläge aus Maulbeerpapier.',
    description:
      'In Echizen aus Papiermaulbeere gemacht, mit langen Fasern, die man gegen das Licht sieht und die jeden Falz halten. Eine Seite ist glatt für die Feder, die andere rau für den Pinsel.\n\nZwanzig Bogen von 14 × 21 cm, zehn gefütterte Umschläge und ein Linienblatt zum Unterlegen.',
  },
  'salt-cellar': {
    name: 'Salzfass mit Deckel',
    summary: 'Ein Gefäß für Salzflocken, das man mit dem Handrücken öffnet.',
    description:
      'Gegossenes Porzellan mit einem Deckel aus Olivenholz an einem Messingstift: Schieben Sie ihn mit dem Handgelenk zur Seite, wenn die Finger nass sind. Er schwingt von selbst zurück.\n\nFasst 180 g Salzflocken. Das Gefäß darf in die Spülmaschine, der Deckel nicht.',
  },
  'paper-lantern-pattern': {
    name: 'Schnittbogen für eine Papierlaterne (PDF)',
    summary: 'Eine Vorlage zum Ausdrucken für eine gefaltete Laterne, per E-Mail.',
    description:
      'Elf Seiten: vier mit der Vorlage in wahrer Größe, sieben mit Zeichnungen jeder Falz. Drucken Sie sie auf Papier mit 120 g in A4 oder Letter; die Laterne wird 24 cm hoch und fasst eine LED-Kerze.\n\nNichts zu warten, nichts zu tragen: Sie bekommen die Datei per E-Mail.',
  },
  'glazing-workshop': {
    name: 'Glasurkurs',
    summary: 'Drei Stunden in der Werkstatt: zwei Becher glasieren und nach dem Brand abholen.',
    description:
      'Zwei rohe Becher warten auf Sie und sechs Glasuren, die wir gut kennen. Wir zeigen das Tauchen, das Gießen und einen sauberen Fuß, dann sind Sie dran. Tee inklusive.\n\nAn allen Tagen von 10 bis 13 Uhr, für bis zu acht Personen. Ihre Bestellnummer ist Ihre Eintrittskarte.',
    options: {
      Day: 'Termin',
      'First Saturday': 'Erster Samstag',
      'Second Saturday': 'Zweiter Samstag',
      'First Sunday': 'Erster Sonntag',
    },
  },
}
