/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "text-courtesy.h"

#include "fold.h"
#include "text.h"
#include "words.h"

#define COURTESY_WORDS 25

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
