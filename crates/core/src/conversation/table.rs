//! The small words of the languages that the rules know.

use super::text::is_in;
use crate::words::words;

/// The small words of one language, each list separated by spaces.
#[derive(Debug)]
pub(super) struct Table {
    /// ISO 639-1.
    pub(super) language: &'static str,
    pub(super) articles: &'static str,
    /// What joins two parts of a name or of a noun and what belongs to it.
    pub(super) connectors: &'static str,
    pub(super) prepositions: &'static str,
    /// Of them those before a place.
    pub(super) in_place: &'static str,
    pub(super) auxiliaries: &'static str,
    /// Auxiliaries after whose subject the verb stands.
    pub(super) supports: &'static str,
    pub(super) asking: &'static str,
    /// Words that ask who, where, and that may ask alone.
    pub(super) who: &'static str,
    pub(super) whereabouts: &'static str,
    pub(super) alone: &'static str,
    pub(super) conjunctions: &'static str,
    /// Words that say nothing of their own.
    pub(super) other: &'static str,
    /// Pronouns of a man, of a woman, of a thing, of several, of a place.
    pub(super) he: &'static str,
    pub(super) she: &'static str,
    pub(super) it: &'static str,
    pub(super) they: &'static str,
    pub(super) there: &'static str,
    /// What belongs to one of them, before a noun.
    pub(super) his: &'static str,
    pub(super) her: &'static str,
    pub(super) its: &'static str,
    pub(super) their: &'static str,
    /// Before a noun, or alone, for what was spoken of.
    pub(super) this: &'static str,
    /// Phrases before something that takes the place of what was asked about.
    pub(super) about: &'static [&'static str],
    /// Words that ask for more of the same.
    pub(super) more: &'static str,
    /// Nouns that say what sort a thing is.
    pub(super) sorts: &'static str,
    /// Nouns that say who a person is.
    pub(super) roles: &'static str,
    /// Nouns for what is asked of a thing: "the height of X" speaks of X.
    pub(super) facets: &'static str,
    /// Verbs of which only persons are the subject.
    pub(super) lives: &'static str,
    /// Forms of verbs at the end of a question.
    pub(super) verbs: &'static str,
}

impl Table {
    /// The table of the language of two texts, as their small words show it; none for a language that
    /// there is no table for. The question itself counts double.
    pub(super) fn of(question: &str, last: &str) -> Option<&'static Self> {
        let score = |table: &Self| {
            let count = |text: &str| words(text).filter(|word| table.knows(&word.text)).count();
            2 * count(question) + count(last)
        };
        let mut best: Option<(&'static Self, usize)> = None;
        for table in TABLES {
            let score = score(table);
            if score > best.map_or(0, |(_, score)| score) {
                best = Some((table, score));
            }
        }
        best.map(|(table, _)| table)
    }

    /// The table for texts whose language shows nowhere.
    pub(super) const fn any() -> &'static Self {
        &ENGLISH
    }

    /// Whether a word is one of its small words.
    pub(super) fn knows(&self, word: &str) -> bool {
        self.is_small(word) || is_in(self.asking, word)
    }

    /// Whether a word belongs to no noun: it ends one.
    pub(super) fn is_small(&self, word: &str) -> bool {
        let lists = [
            self.articles,
            self.connectors,
            self.prepositions,
            self.auxiliaries,
            self.conjunctions,
            self.other,
            self.he,
            self.she,
            self.it,
            self.they,
            self.there,
            self.his,
            self.her,
            self.its,
            self.their,
            self.this,
            self.asking,
        ];
        lists.iter().any(|list| is_in(list, word))
    }
}

/// Words of a greeting or of thanks.
pub(super) const COURTESY: &str = "thanks thank you very much ok okay great good hello hi hey bye \
    perfect nice cool danke schön vielen dank hallo merci beaucoup bonjour gracias muchas hola";

/// Pronouns of languages without a table.
pub(super) const FOREIGN_PRONOUNS: &str = "hij zij hem haar hun ele ela eles elas dele dela seu seus \
    egli essa esso loro suo suoi он она оно они его её ее их ему ей им ним ней нем нём них него нее \
    αυτός αυτή αυτό αυτοί هو هي هم onun onlar onların वह उसका उसकी उसके उन्होंने उसने वे इसका इसकी nó họ";

/// The same in writings without spaces.
pub(super) const SPACELESS_PRONOUNS: &[&str] = &["他", "她", "它", "彼", "เขา", "เธอ", "มัน"];

static TABLES: &[&Table] = &[&ENGLISH, &GERMAN, &FRENCH, &SPANISH];

static ENGLISH: Table = Table {
    language: "en",
    articles: "the a an",
    connectors: "of",
    prepositions: "in on at to from by with for about during after before since until between near \
                   under over against into through without within per as than like",
    in_place: "in at to from near",
    auxiliaries: "do does did is are was were be been being am has have had can could will would \
                  should shall must may might",
    supports: "do does did can could will would should must may might shall",
    asking: "what which who whom whose when where why how",
    who: "who whom whose",
    whereabouts: "where",
    alone: "what who when where why how",
    conjunctions: "and but or so if because while that then",
    other: "not no also too ever just actually exactly still already only even there i you we me us my \
            your our please tell give show many much long some any all most more else other another",
    he: "he him",
    she: "she her hers",
    it: "it",
    they: "they them theirs",
    there: "there",
    his: "his",
    her: "her",
    its: "its",
    their: "their",
    this: "this that these those",
    about: &[
        "what about",
        "how about",
        "and what about",
        "and how about",
        "but what about",
    ],
    more: "more else tell me go on continue explain please elaborate further details detail anything \
           about that it this why not so how come is was again can you could give us any an example \
           examples other reasons reason",
    sorts: "empire treaty war battle city town country book novel poem play film river mountain island \
            tower church temple bridge castle palace university company law act theory disease animal \
            plant element planet language religion kingdom republic revolution party ship machine \
            building lighthouse museum event period year century place thing work invention discovery",
    roles: "man woman person king queen emperor empress president author writer poet architect builder \
            founder inventor discoverer painter composer scientist engineer leader owner keeper director \
            wife husband son daughter father mother brother sister child successor predecessor general \
            captain pope bishop saint prophet philosopher physicist chemist doctor teacher minister",
    facets: "height size length weight width depth age area population name names colour color purpose \
             cause causes reason reasons price cost value number amount date year location history origin \
             meaning speed temperature distance capacity result outcome effect role use shape",
    lives: "born die died marry married live lived grow study studied wrote write invent discover paint",
    verbs: "built made written born known found founded held won lost sold called begin began end ended \
            happen work die fall fell rise cost mean weigh live take come go eat do look stand located \
            painted published invented discovered killed destroyed signed created completed finished used \
            grown kept drawn sung sunk broken spoken buried named",
};

static GERMAN: Table = Table {
    language: "de",
    articles: "der die das den dem des ein eine einen einem eines einer",
    connectors: "von vom des der",
    prepositions: "in im an am auf aus bei mit nach seit von vom zu zum zur für über unter vor um bis \
                   gegen durch ohne während",
    in_place: "in im aus bei nach",
    auxiliaries: "ist sind war waren wird werden wurde wurden hat haben hatte hatten kann können konnte \
                  soll muss darf",
    supports: "kann können konnte soll muss darf",
    asking: "was wer wen wem wessen wann wo wohin woher warum wieso weshalb wie welche welcher welches \
             welchen welchem wieviel",
    who: "wer wen wem wessen",
    whereabouts: "wo wohin woher",
    alone: "was wer wann wo wohin woher warum wieso weshalb wie",
    conjunctions: "und aber oder also denn wenn weil dass",
    other: "nicht kein auch noch nur schon denn ich du wir mir uns man viel viele mehr sonst bitte dort da",
    he: "er ihn ihm",
    she: "sie ihr",
    it: "es",
    they: "sie ihnen",
    there: "dort da",
    his: "sein seine seinen seinem seiner seines",
    her: "ihr ihre ihren ihrem ihrer ihres",
    its: "sein seine seinen seinem seiner seines dessen",
    their: "ihr ihre ihren ihrem ihrer ihres deren",
    this: "dieser diese dieses diesen diesem",
    about: &[
        "was ist mit",
        "und was ist mit",
        "wie ist es mit",
        "wie steht es mit",
        "wie sieht es mit",
    ],
    more: "mehr sonst noch erzähl erkläre weiter warum das genauer bitte mir davon dazu etwas beispiele",
    sorts: "reich vertrag krieg schlacht stadt land buch roman fluss berg insel turm kirche brücke schloss \
            leuchtturm gesetz theorie",
    roles: "mann frau könig königin kaiser präsident autor architekt erbauer gründer erfinder maler",
    facets: "höhe größe länge gewicht alter fläche name zweck ursache preis zahl geschichte herkunft",
    lives: "geboren starb gestorben heiratete lebte schrieb",
    verbs: "gebaut erbaut geboren gestorben geschrieben gegründet gefunden entdeckt erfunden gemalt \
            veröffentlicht beendet zerstört unterzeichnet eröffnet benannt",
};

static FRENCH: Table = Table {
    language: "fr",
    articles: "le la les l un une des",
    connectors: "de du d des",
    prepositions: "à au aux en dans sur sous par pour avec sans depuis pendant avant après entre chez vers",
    in_place: "à au en dans",
    auxiliaries: "est sont était étaient a ont avait avaient fut furent sera été peut doit fait",
    supports: "peut doit",
    asking: "que quoi quel quelle quels quelles qui quand où comment combien pourquoi qu",
    who: "qui",
    whereabouts: "où",
    alone: "qui quand où comment combien pourquoi",
    conjunctions: "et mais ou donc si parce",
    other: "ne pas plus aussi y ce c t je tu nous vous se s n j m là encore très",
    he: "il lui",
    she: "elle",
    it: "",
    they: "ils elles eux",
    there: "là",
    his: "son sa ses",
    her: "",
    its: "",
    their: "leur leurs",
    this: "ce cet cette ces",
    about: &["qu en est il de", "et qu en est il de", "et pour", "et"],
    more: "plus encore explique expliquez continue détails dis moi en davantage exemple exemples",
    sorts: "empire traité guerre bataille ville pays livre roman fleuve montagne île tour église pont \
            château phare loi théorie",
    roles: "homme femme roi reine empereur président auteur architecte fondateur inventeur peintre gardien",
    facets: "hauteur taille longueur poids âge superficie nom but cause prix nombre histoire origine",
    lives: "né née mort morte marié mariée vécu écrit",
    verbs: "construit construite né née mort morte écrit écrite fondé fondée découvert inventé peint publié \
            détruit signé",
};

static SPANISH: Table = Table {
    language: "es",
    articles: "el la los las un una unos unas",
    connectors: "de del",
    prepositions: "a al en con por para desde hasta entre sobre sin durante antes después según",
    in_place: "en a al",
    auxiliaries: "es son era eran fue fueron está están ha han había ser estar puede debe",
    supports: "puede debe",
    asking: "qué que cuál cuáles quién quiénes cuándo dónde cómo cuánto cuánta cuántos cuántas",
    who: "quién quiénes",
    whereabouts: "dónde",
    alone: "quién cuándo dónde cómo cuánto qué",
    conjunctions: "y e pero o si porque",
    other: "no también más se le lo me te nos yo tú ya muy allí ahí",
    he: "él",
    she: "ella",
    it: "ello",
    they: "ellos ellas",
    there: "allí ahí",
    his: "su sus",
    her: "",
    its: "",
    their: "",
    this: "este esta estos estas ese esa esos esas",
    about: &[
        "qué hay de",
        "y qué hay de",
        "qué pasa con",
        "y qué pasa con",
        "y",
    ],
    more: "más explica continúa sigue detalles dime cuéntame ejemplo ejemplos eso sobre",
    sorts: "imperio tratado guerra batalla ciudad país libro novela río montaña isla torre iglesia puente \
            castillo faro ley teoría",
    roles: "hombre mujer rey reina emperador presidente autor arquitecto fundador inventor pintor",
    facets: "altura tamaño longitud peso edad superficie nombre causa precio número historia origen",
    lives: "nació murió vivió escribió casó nacido",
    verbs: "construido construida nacido muerto escrito escrita fundado fundada descubierto inventado \
            pintado publicado destruido firmado",
};
