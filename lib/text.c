/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE /* memmem */
#include "text.h"

#include "fold.h"
#include "words.h"

#define ATTRIBUTION_LINES 6 /* an attribution is broken over so many lines at most */
#define ATTRIBUTION_MAX 600 /* octets of one, folded */
#define BLOCK_LINES 60      /* header lines of an earlier message stand within so many */
#define OWN_WORDS 20        /* more of the sender's own words and a forwarded message is a quote */
#define FEW_WORDS 6         /* a greeting, "for your information" */
#define COURTESY_WORDS 25

static const char verbs[] =
    "wrote|a ecrit|ecrit|schrieb|geschrieben|ha scritto|escribio|escreveu|schreef|"
    "geschreven|skrev|kirjoitti|napisal|napisal(a)|napsal|написал|пишет|va escriure|"
    "a scris";
static const char starters[] = "on|le|am|op|il|el|em|den|at|in data|a|dnia|pe|vom|tir|il giorno";

/* TEXT, up to ATTRIBUTION_LINES lines in one, says who wrote what follows it. */
static bool is_attribution(struct span text, bool quote_follows)
{
    struct span end = span_trim(text);
    while (end.length > 0 && strchr("-> ", end.octets[end.length - 1]) != NULL) {
        end.length--;
    }
    bool colon = end.length > 0 && end.octets[end.length - 1] == ':';
    while (end.length > 0 && strchr(": >", end.octets[end.length - 1]) != NULL) {
        end.length--;
    }
    bool address = memchr(end.octets, '@', end.length) != NULL;
    bool time = words_time(end);
    bool verb = false;
    bool last = false; /* the verb is the last word */
    const char *list = verbs;
    struct span word;
    while (!last && words_next(&list, &word)) {
        verb = verb || words_find(end, word) != NULL;
        last = verb && end.length >= word.length &&
               memcmp(end.octets + end.length - word.length, word.octets, word.length) == 0;
    }
    /* Nobody's address: "name@host> wrote" is cut to its last word above. */
    if (!verb) {
        return colon && time && words_end(span_trim(text), ">:") && address && end.length <= 250;
    }
    if (!colon && !(last && address && time)) {
        return false;
    }
    if (quote_follows && last && words_count(end) <= 14) {
        return true;
    }
    struct span start = words_bare(end);
    return (words_begin(start, starters) > 0 && (time || address) && words_digits(end) > 0) ||
           (address && (last || time)) || (time && last && words_digits(end) >= 6);
}

/* Lines of the attribution that begins at LINE; 0 when there is none. */
static size_t attribution_at(const struct letter *letter, size_t line, size_t end)
{
    struct span first = letter->rows[line].key;
    if (!letter->rows[line].whole || first.length > 300) {
        return 0;
    }
    bool starts = words_begin(first, starters) > 0 && words_digits(first) > 0;
    bool loose = words_time(first) || memchr(first.octets, '@', first.length) != NULL;
    if (!starts && !loose && !words_end(first, ":")) {
        return 0; /* nearly all lines */
    }
    size_t most = starts ? ATTRIBUTION_LINES : loose ? 3 : 1;
    char joined[ATTRIBUTION_MAX];
    size_t length = 0;
    for (size_t i = line; i < end && i < line + most; i++) {
        struct span key = letter->rows[i].key;
        if (letter_is_blank(letter, i)) {
            if (!starts || i > line + 3 || letter_is_blank(letter, i - 1)) {
                return 0;
            }
            continue;
        }
        /* A lone `>` is the end of an address, not a quote. */
        bool closing = letter_is_quoted(letter, i) && key.length <= 12 &&
                       (words_begin(key, verbs) > 0 || span_equal(key, SPAN(":")));
        if (length + key.length + 3 > sizeof joined ||
            (i > line && letter_is_quoted(letter, i) && !closing)) {
            return 0;
        }
        if (closing) {
            joined[length++] = '>';
        }
        if (length > 0) {
            joined[length++] = ' ';
        }
        memcpy(joined + length, key.octets, key.length);
        length += key.length;
        struct span text = {joined, length};
        if (joined[length - 1] == ':' || words_end(text, "----") || words_in(key, verbs)) {
            size_t next = letter_next(letter, i + 1, end);
            if (is_attribution(text, next < end && letter_is_quoted(letter, next))) {
                return i + 1 - line;
            }
            /* Only a verb in the middle may have its end on the next line. */
            if (joined[length - 1] == ':' && i > line) {
                return 0;
            }
        }
    }
    return 0;
}

enum { LABEL_FROM = 1, LABEL_SENT = 2, LABEL_TO = 4, LABEL_SUBJECT = 8 };

/* Which header field KEY is, in the languages of the mail programs; 0 when it is none. */
static unsigned label_of(struct span key)
{
    static const struct {
        unsigned kind;
        const char *names; /* each between blanks; an underscore is a blank in the name */
    } labels[] = {
        {LABEL_FROM,
         " from de von da van fra fran od expediteur absender mittente remitente afzender "
         "от lahettaja "},
        {LABEL_SENT, " sent date envoye envoye_le gesendet datum enviado enviado_el fecha inviato "
                     "data verzonden skickat dato sendt enviada_em enviado_em sent_at date_d'envoi "
                     "дата wyslano lahetetty "},
        {LABEL_TO, " to a an para aan til till per do destinataire destinataires cc copie copie_a "
                   "kopie cci bcc empfanger reply-to antwort_an repondre_a destinatario кому "
                   "vastaanottaja "},
        {LABEL_SUBJECT, " subject objet betreff asunto oggetto onderwerp assunto emne amne temat "
                        "тема sujet aihe "}};
    key = words_bare(key);
    const char *colon = memchr(key.octets, ':', key.length < 24 ? key.length : 24);
    if (colon == NULL) {
        return 0;
    }
    struct span name = words_bare((struct span){key.octets, (size_t)(colon - key.octets)});
    if (name.length == 0 || name.length > 20) {
        return 0;
    }
    char wanted[24];
    wanted[0] = ' ';
    for (size_t i = 0; i < name.length; i++) {
        wanted[i + 1] = name.octets[i] == ' ' ? '_' : name.octets[i];
    }
    wanted[name.length + 1] = ' ';
    for (size_t i = 0; i < sizeof labels / sizeof *labels; i++) {
        if (memmem(labels[i].names, strlen(labels[i].names), wanted, name.length + 2) != NULL) {
            return labels[i].kind;
        }
    }
    return 0;
}

/*
 * Lines of the block of header lines that begins at LINE, as mail programs put one over an earlier
 * message; 0 when there is none. Under a rule any three fields do, whatever their language.
 */
static size_t header_block_at(const struct letter *letter, size_t line, size_t end)
{
    unsigned first = label_of(letter->rows[line].key);
    size_t before = line;
    while (before > 0 && letter_is_blank(letter, before - 1)) {
        before--;
    }
    bool ruled = before > 0 && letter_is_rule(letter->rows[before - 1].core, 20);
    if (first == 0 && !ruled) {
        return 0;
    }
    unsigned kinds = 0;
    size_t labels = 0;
    size_t last = line;
    size_t fields = 0;
    bool run = true;
    size_t gap = 0; /* lines since the last field that are no list of addresses */
    for (size_t i = line; i < end && i < line + BLOCK_LINES && gap < 4; i++) {
        struct span key = letter->rows[i].key;
        unsigned kind = label_of(key);
        bool list = memchr(key.octets, ',', key.length) != NULL &&
                    (memchr(key.octets, '@', key.length) != NULL ||
                     memchr(key.octets, '/', key.length) != NULL);
        gap = kind != 0 ? 0 : gap + !list;
        const char *colon = memchr(key.octets, ':', key.length < 25 ? key.length : 25);
        run = run && colon != NULL;
        fields += run;
        if (kind != 0) {
            kinds |= kind;
            labels++;
            last = i;
        }
    }
    struct span key = letter->rows[line].key;
    if (ruled && fields >= 3 && memchr(key.octets, '@', key.length) != NULL) {
        last = last > line + fields - 1 ? last : line + fields - 1;
    } else if (labels < 3 || (kinds & (LABEL_FROM | LABEL_TO)) == 0 ||
               (kinds & (LABEL_SENT | LABEL_SUBJECT)) == 0) {
        return 0;
    } else if ((kinds & LABEL_FROM) == 0 &&
               (kinds & (LABEL_TO | LABEL_SUBJECT)) != (LABEL_TO | LABEL_SUBJECT)) {
        return 0;
    }
    if (last + 1 < end &&
        memchr(letter->rows[last].key.octets, '@', letter->rows[last].key.length) &&
        memchr(letter->rows[last + 1].key.octets, '@', letter->rows[last + 1].key.length) != NULL) {
        last++; /* the addresses go on */
    }
    return last + 1 - line;
}

/* "-----Original Message-----", the reply line of ticket systems. */
static bool is_separator(const struct letter_line *row)
{
    static const char words[] =
        "original message|message d'origine|message original|message initial|"
        "ursprungliche nachricht|originalnachricht|urspr. nachricht|mensaje original|"
        "messaggio originale|mensagem original|oorspronkelijk bericht|"
        "oprindelig besked|oprindelig meddelelse|opprinnelig melding|"
        "ursprungligt meddelande|originalmeddelande|wiadomosc oryginalna|"
        "mesaj original|reply above this line|repondez au-dessus de cette ligne|"
        "alkuperainen viesti";
    struct span inside = words_bare(row->key);
    return row->whole && row->key.length < 100 && row->key.length > inside.length + 3 &&
           words_in(inside, words) && words_count(inside) <= 8;
}

/* What mail programs put over a message that is passed on. */
static bool is_forward(const struct letter_line *row)
{
    static const char ruled[] =
        "forwarded message|message transfere|message reexpedie|"
        "weitergeleitete nachricht|mensaje reenviado|messaggio inoltrato|"
        "mensagem encaminhada|doorgestuurd bericht|forwarded by|transfere par|"
        "weitergeleitet von|message suivi|reenviado por|inoltrato da";
    static const char plain[] =
        "begin forwarded message|debut du message reexpedie|debut du message transfere|"
        "anfang der weitergeleiteten|inicio del mensaje reenviado|"
        "inizio messaggio inoltrato|inicio da mensagem encaminhada|"
        "begin doorgestuurd bericht";
    static const char by[] = "forwarded by|transfere par|weitergeleitet von";
    struct span inside = words_bare(row->key);
    if (!row->whole || row->key.length > 200) {
        return false;
    }
    return words_begin(inside, plain) > 0 ||
           (row->key.length > inside.length + 3 && words_begin(inside, ruled) > 0) ||
           (words_begin(inside, by) > 0 && words_digits(inside) >= 6);
}

/* How an earlier message that begins at some line is introduced. */
enum earlier { EARLIER_NONE, EARLIER_REPLY, EARLIER_BLOCK, EARLIER_FORWARD };

/* What begins at LINE; *LINES is how many lines introduce it. */
static enum earlier earlier_at(const struct letter *letter, size_t line, size_t end, size_t *lines)
{
    const struct letter_line *row = &letter->rows[line];
    bool forward = is_forward(row);
    if (forward || is_separator(row)) {
        size_t next = line + 1;
        /* Lotus breaks its own line in two. */
        next += forward && next < end && words_end(letter->rows[next].core, "---");
        size_t block = letter_next(letter, next, end);
        size_t length = block < end ? header_block_at(letter, block, end) : 0;
        *lines = (length > 0 ? block + length : next) - line;
        return forward ? EARLIER_FORWARD : EARLIER_REPLY;
    }
    *lines = header_block_at(letter, line, end);
    if (*lines > 0) {
        return EARLIER_BLOCK;
    }
    *lines = attribution_at(letter, line, end);
    return *lines > 0 ? EARLIER_REPLY : EARLIER_NONE;
}

/* Lotus and others write name and date over the block: the line from which on all is theirs. */
static size_t block_start(const struct letter *letter, size_t line, size_t start)
{
    size_t first = line;
    if (first > start && !letter_is_blank(letter, first - 1) &&
        words_time(letter->rows[first - 1].key) && words_count(letter->rows[first - 1].key) <= 18 &&
        label_of(letter->rows[line].key) != LABEL_FROM) {
        first--;
        if (first > start && !letter_is_blank(letter, first - 1) &&
            words_count(letter->rows[first - 1].key) <= 12 &&
            !words_end(letter->rows[first - 1].key, ".")) {
            first--;
        }
    }
    size_t rule = first;
    while (rule > start && letter_is_blank(letter, rule - 1)) {
        rule--;
    }
    return rule > start && letter_is_rule(letter->rows[rule - 1].core, 3) ? rule - 1 : first;
}

/* A program that wraps quoted lines leaves the rest of one without its mark. */
static bool is_wrapped_rest(const struct letter *letter, size_t line, size_t end)
{
    struct span before = letter->rows[line - 1].core;
    char first = letter->rows[line].core.octets[0];
    return letter_is_quoted(letter, line - 1) && line + 1 < end &&
           letter_is_quoted(letter, line + 1) && before.length >= 60 &&
           strchr(".?!:;", before.octets[before.length - 1]) == NULL && first >= 'a' &&
           first <= 'z' && words_count(letter->rows[line].key) <= 14;
}

/* The sender's own words from START to END, greeting and closing left out. */
static size_t own_words(const struct letter *letter, size_t start, size_t end)
{
    static const char pointers[] =
        "fyi|pour info|pour information|see below|please see below|voir ci-dessous|"
        "voir plus bas|cf ci-dessous|zur info|zur kenntnis|siehe unten|"
        "para su informacion|a traiter|pour suite a donner";
    size_t words = 0;
    for (size_t i = start; i < end; i++) {
        struct span key = letter->rows[i].key;
        if (letter->lines[i].zone != TEXT_NEW || letter_is_rule(key, 2) ||
            (words_begin(key, pointers) > 0 && words_count(key) <= 8)) {
            continue;
        }
        words += words_count(key);
    }
    return words;
}

/*
 * Lines of the header fields with which the quoted line LINE begins when nothing but quoted lines
 * follow: so HTML mail comes that was sent on. 0 when it is a quote like others.
 */
static size_t sent_on_quoted(const struct letter *letter, size_t line)
{
    size_t lines = header_block_at(letter, line, letter->count);
    for (size_t i = line; i < letter->count && lines > 0; i++) {
        if (!letter_is_blank(letter, i) && !letter_is_quoted(letter, i)) {
            return 0;
        }
    }
    return lines;
}

/*
 * Marks the message that begins at START. Returns the line at which the text of a forwarded message
 * begins that is to be kept, or the number of lines when there is none.
 */
static size_t mark_message(struct letter *letter, size_t start)
{
    size_t count = letter->count;
    size_t forwarded = count;
    size_t end = count;
    bool quoted = false; /* the first quoted line was met */
    for (size_t i = start; i < end; i++) {
        size_t lines = 0;
        if (letter_is_blank(letter, i)) {
            if (letter_is_quoted(letter, i)) {
                letter_mark(letter, i, i + 1, TEXT_QUOTE, "begins with >");
            }
            continue;
        }
        enum earlier earlier = EARLIER_NONE;
        if (!letter_is_quoted(letter, i) || is_forward(&letter->rows[i])) {
            earlier = earlier_at(letter, i, count, &lines);
        } else if (!quoted) {
            quoted = true;
            lines = own_words(letter, start, i) <= FEW_WORDS ? sent_on_quoted(letter, i) : 0;
            earlier = lines > 0 ? EARLIER_BLOCK : EARLIER_NONE;
        }
        if (earlier == EARLIER_NONE) {
            if (letter_is_quoted(letter, i)) {
                letter_mark(letter, i, i + 1, TEXT_QUOTE, "begins with >");
            } else if (i > start && is_wrapped_rest(letter, i, count)) {
                letter_mark(letter, i, i + 1, TEXT_QUOTE, "the rest of a wrapped quoted line");
            }
            continue;
        }
        size_t first = earlier == EARLIER_BLOCK ? block_start(letter, i, start) : i;
        size_t next = letter_next(letter, i + lines, count);
        size_t depth = letter->rows[i].depth;
        letter_mark(letter, first, i + lines, TEXT_ATTRIBUTION, "introduces an earlier message");
        if (next < count && letter_is_quoted(letter, next) && depth <= letter->depth &&
            earlier != EARLIER_FORWARD) {
            i += lines - 1; /* marked by `>`: answers may stand below and between */
            continue;
        }
        end = first;
        letter_frame(letter, start, end);
        size_t own = own_words(letter, start, end);
        size_t most = earlier == EARLIER_FORWARD || start > 0 ? OWN_WORDS : 0;
        if (next < count && earlier != EARLIER_REPLY && own <= most) {
            forwarded = i + lines;
            letter->depth = depth;
        } else {
            letter_mark(letter, i + lines, count, TEXT_QUOTE,
                        "below the head of an earlier message");
        }
        return forwarded;
    }
    letter_frame(letter, start, count);
    return forwarded;
}

/* Lines that text_new keeps. */
static bool is_kept(enum text_zone zone)
{
    return zone == TEXT_NEW || zone == TEXT_GREETING || zone == TEXT_CLOSING ||
           zone == TEXT_FORWARDED;
}

/* Blank lines belong to what stands above them. */
static void join_blanks(struct letter *letter)
{
    for (size_t i = 1; i < letter->count; i++) {
        if (letter_is_blank(letter, i) && letter->lines[i].zone != TEXT_QUOTE) {
            letter_mark(letter, i, i + 1, letter->lines[i - 1].zone, letter->lines[i - 1].why);
        }
    }
}

static const char nothing_left[] = "nothing else would be left";

size_t text_zones(struct arena *arena, struct span body_text, struct text_line **lines)
{
    struct letter letter = {.count = 0};
    letter_read(arena, body_text, &letter);
    size_t start = 0;
    while (start < letter.count) {
        size_t next = mark_message(&letter, start);
        for (size_t i = start; i < next && start > 0; i++) {
            if (is_kept(letter.lines[i].zone)) {
                letter_mark(&letter, i, i + 1, TEXT_FORWARDED,
                            "a forwarded message and few own words");
            }
        }
        start = next;
    }
    bool kept = false;
    for (size_t i = 0; i < letter.count && !kept; i++) {
        kept = is_kept(letter.lines[i].zone) && words_count(letter.rows[i].key) > 0;
    }
    if (!kept) {
        letter_mark(&letter, 0, letter.count, TEXT_NEW, nothing_left);
    }
    join_blanks(&letter);
    *lines = letter.lines;
    return letter.count;
}

const char *text_zone_name(enum text_zone zone)
{
    static const char *const names[] = {"new",     "greeting",  "quote",      "attribution",
                                        "closing", "signature", "disclaimer", "forwarded"};
    return names[zone];
}

/* LINE of a forwarded message without quote marks and blanks at its end. */
static struct span unmarked(const struct text_line *line)
{
    struct span text = line->line;
    if (line->zone == TEXT_FORWARDED) {
        while (span_begins(text, SPAN(">")) || span_begins(text, SPAN(" >"))) {
            text = words_skip(text, text.octets[0] == '>' ? 1 : 2);
            text = words_skip(text, span_begins(text, SPAN(" ")) && !span_begins(text, SPAN(" >")));
        }
    }
    while (text.length > 0 && strchr(" \t\r", text.octets[text.length - 1]) != NULL) {
        text.length--;
    }
    return text;
}

struct span text_new(struct arena *arena, struct span body, bool *all_quoted)
{
    struct text_line *lines;
    size_t count = text_zones(arena, body, &lines);
    bool nothing = count > 0 && lines[0].why == nothing_left;
    struct buf out = BUF_INIT;
    size_t blanks = 0;
    for (size_t i = 0; i < count && !nothing; i++) {
        if (!is_kept(lines[i].zone)) {
            continue;
        }
        struct span text = unmarked(&lines[i]);
        blanks = text.length == 0 ? blanks + 1 : 0;
        if (blanks <= 2) {
            buf_span(&out, text);
            buf_char(&out, '\n');
        }
    }
    struct span trimmed = span_trim(nothing ? body : buf_view(&out));
    struct span result = {NULL, 0};
    if (trimmed.length > 0) {
        result = (struct span){arena_copy(arena, trimmed.octets, trimmed.length), trimmed.length};
    }
    buf_release(&out);
    if (all_quoted != NULL) {
        *all_quoted = nothing && result.length > 0;
    }
    return result;
}

/* Words by which a short mail is a thank-you or is not, by language. */
static const struct {
    const char *tag;
    const char *thanks; /* one of them must be there */
    const char *glad;   /* each clause has one of these or a word of thanks */
    const char *more;   /* with one of them it is more than a thank-you */
} courtesies[] = {
    {"fr", "merci|mercis|remercie|remercions|remerciement|remerciements",
     "parfait|parfaite|super|genial|nickel|top|impeccable|excellent|content|contente|ravi|ravie|"
     "satisfait|satisfaite|bien recu|bien recue|bien arrive|bien arrivee|regle|reglee|resolu|"
     "resolue|fonctionne|marche|remarche|refonctionne|retabli|retablie|en ordre|"
     "tout va bien|tres aimable|efficace|rapide|rapidite|"
     "gentillesse|patience|professionnalisme|bonne journee|bonne soiree|bon week-end|"
     "bonne continuation|d'accord|c'est note|bien note|entendu|cordialement|bien a vous|a bientot",
     "mais|cependant|toutefois|pourtant|par contre|en revanche|neanmoins|sauf|par ailleurs|"
     "pas|plus|jamais|toujours|rien|aucun|aucune|encore pas|sans|quand|comment|pourquoi|combien|ou "
     "en|pouvez*|pourr*|voulez|veuillez|voudrai*|souhait*|aimerai*|attend*|attente|besoin|d'avance|"
     "par avance|merci de|merci "
     "d'|svp|s'il|rappel*|envoy*|confirm*|rembours*|annul*|resili*|urgent|"
     "urgente|probleme*|panne|erreur|manque*|casse*|faux|fausse|reclam*|avocat|plainte|reste|"
     "faudra*|faut|question"},
    {"en", "thank|thanks|thx|grateful|appreciate|appreciated|ta|cheers",
     "great|perfect|brilliant|excellent|lovely|wonderful|fantastic|happy|pleased|helpful|kind|"
     "sorted|solved|resolved|fixed|works|working|arrived|received|safe and sound|all good|"
     "all fine|well done|good service|great service|quick|have a nice|have a good|have a great|"
     "good day|nice day|noted|understood|regards|best wishes|much better|so much",
     "but|however|although|though|yet|still|not|no|never|nothing|cannot|can't|couldn't|didn't|"
     "doesn't|don't|isn't|hasn't|haven't|won't|wasn't|except|also|unless|when|where|how|why|what|"
     "which|could|can|would|will you|should|please|pls|need|want|like to|waiting|wait|send|call|"
     "refund*|cancel*|confirm*|in advance|for "
     "nothing|wrong|broken|damaged|pieces|late|missing|problem*|issue*|"
     "error|urgent|unfortunately|sorry|complain*|solicitor|lawyer|question|look forward|"
     "looking forward|let me know"},
    {"de", "danke|dank|bedanke|bedanken|dankeschon|dankbar",
     "perfekt|prima|super|toll|klasse|bestens|wunderbar|freue|gefreut|zufrieden|angekommen|"
     "erhalten|geklappt|klappt|funktioniert|erledigt|gelost|geklart|in ordnung|schnelle|schnell|"
     "freundliche|nett|schonen tag|schones wochenende|schonen abend|alles gut|hilfe|verstanden|"
     "grusse|grussen|gruss",
     "aber|jedoch|leider|trotzdem|allerdings|dennoch|nicht|nichts|kein|keine|keinen|nie|noch "
     "nicht|noch kein|noch keine|noch immer|noch eine|noch einen|noch einmal|nochmal|"
     ""
     "wann|wie|wo|warum|was|wieso|konnen|konnten|kann|bitte|mochte|wurde gern|brauche|warte|wartet|"
     "im voraus|schicken|senden|anrufen|erstatt*|kundig*|stornier*|falsch|kaputt|fehlt|problem*|"
     "fehler|dringend|anwalt|frage|melden"},
    {"es", "gracias|agradezco|agradecemos|agradecido|agradecida",
     "perfecto|genial|estupendo|excelente|fenomenal|encantado|encantada|contento|contenta|"
     "satisfecho|satisfecha|recibido|llegado|llego bien|resuelto|solucionado|funciona|todo bien|"
     "muy amable|amable|amabilidad|rapidez|rapida|ayuda|buen dia|buen fin|saludos|saludo|entendido|"
     "de acuerdo",
     "pero|sin embargo|aunque|no|nunca|nada|todavia|aun|cuando|donde|como|por que|cuanto|cual|"
     "puede*|puedo|podria*|por favor|quiero|quisiera|necesito|espero|esperando|de antemano|envi*|"
     "llame*|devol*|reembols*|cancel*|confirm*|mal|roto|falta|problema*|error|urgente|abogado|"
     "reclam*|pregunta"}};

/* Words of one clause that need no thanks: a name, "ok", "Bonjour Madame". */
#define CLAUSE_WORDS 2

/* CLAUSE says something of its own, beside thanks and contentment. */
static bool says_more(struct span clause, size_t courtesy)
{
    static const char greeting[] =
        "bonjour|bonsoir|madame|monsieur|hello|hi|dear|hallo|guten tag|liebe|sehr geehrte|hola|"
        "buenos dias|buenas tardes|estimado|estimada|good morning|good afternoon";
    clause = span_trim(clause);
    return words_count(clause) > CLAUSE_WORDS && !words_in(clause, courtesies[courtesy].thanks) &&
           !words_in(clause, courtesies[courtesy].glad) &&
           !(words_begin(clause, greeting) > 0 && words_count(clause) <= 4);
}

/* TEXT, folded, clauses apart by marks, is courtesy in one language. */
static bool is_courtesy(struct span text, size_t courtesy)
{
    if (!words_in(text, courtesies[courtesy].thanks)) {
        return false;
    }
    static const char meant[] = "merci de votre|merci de ton|merci de ta|merci de cette|"
                                "merci de tout|merci d'avoir|merci de m'avoir|merci de nous avoir";
    bool french = strcmp(courtesies[courtesy].tag, "fr") == 0;
    const char *list = courtesies[courtesy].more;
    struct span word;
    while (words_next(&list, &word)) {
        const char *at = words_find(text, word);
        bool thanks =
            at != NULL && french && span_begins(word, SPAN("merci d")) && words_in(text, meant);
        if (at != NULL && !thanks) {
            return false;
        }
    }
    while (text.length > 0) {
        size_t length = 0;
        while (length < text.length && strchr(".,;:!()", text.octets[length]) == NULL) {
            length++;
        }
        if (says_more((struct span){text.octets, length}, courtesy)) {
            return false;
        }
        text = words_skip(text, length < text.length ? length + 1 : length);
    }
    return true;
}

static bool has_long_number(struct span text)
{
    size_t digits = 0;
    for (size_t i = 0; i < text.length && digits < 3; i++) {
        digits = words_is_digit(text.octets[i]) ? digits + 1 : 0;
    }
    return digits >= 3;
}

bool text_courtesy(struct span text, const char *language)
{
    if (text.length == 0 || text.length > 2000 || memchr(text.octets, '?', text.length) != NULL ||
        has_long_number(text)) {
        return false;
    }
    struct arena arena = ARENA_INIT;
    struct text_line *lines;
    size_t count = text_zones(&arena, text, &lines);
    struct buf clauses = BUF_INIT;
    size_t words = 0;
    for (size_t i = 0; i < count; i++) {
        if (lines[i].zone == TEXT_GREETING || lines[i].zone == TEXT_SIGNATURE) {
            continue;
        }
        size_t from = clauses.length;
        fold_plain(&clauses, lines[i].line);
        if (lines[i].zone != TEXT_CLOSING) {
            words += words_count(words_skip(buf_view(&clauses), from));
        }
        /* A short line ends a clause; a long one was broken by the mail program. */
        buf_char(&clauses, lines[i].line.length < 60 ? '.' : ' ');
    }
    struct span folded = buf_view(&clauses);
    bool known = false;
    bool courtesy = false;
    size_t most = sizeof courtesies / sizeof *courtesies;
    for (size_t i = 0; i < most && language != NULL; i++) {
        known = known || strncmp(language, courtesies[i].tag, 2) == 0;
    }
    for (size_t i = 0; i < most && words <= COURTESY_WORDS && !courtesy; i++) {
        bool wanted = !known || strncmp(language, courtesies[i].tag, 2) == 0;
        courtesy = wanted && is_courtesy(folded, i);
    }
    buf_release(&clauses);
    arena_release(&arena);
    return courtesy;
}
