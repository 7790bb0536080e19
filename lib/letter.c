/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE /* memmem */
#include "letter.h"

#include "fold.h"
#include "words.h"

#define KEY_MAX 400        /* octets of a line that are folded and compared */
#define LINES_MAX 65536    /* lines that are told apart: what is below is one line */
#define SIGNATURE_LINES 14 /* lines of a signature that is known by its place only */

bool letter_is_rule(struct span core, size_t least)
{
    for (size_t i = 0; i < core.length; i++) {
        if (strchr("-_=*~ ", core.octets[i]) == NULL || core.octets[i] == '\0') {
            return false;
        }
    }
    return core.length >= least;
}

/* Octets of the blank or invisible filling character that begins at AT, 0 when it is none. */
static size_t filling(const char *at, size_t left)
{
    if (*at == ' ' || (*at >= '\t' && *at <= '\r')) {
        return 1;
    }
    if (left >= 2 && memcmp(at, "\xC2\xA0", 2) == 0) {
        return 2; /* no-break space */
    }
    bool wide =
        left >= 3 && (memcmp(at, "\xE2\x80\x8B", 3) == 0 || memcmp(at, "\xEF\xBB\xBF", 3) == 0);
    return wide ? 3 : 0; /* zero-width space, byte order mark */
}

/* LINE without such characters at its ends. */
static struct span trim(struct span line)
{
    size_t length;
    while (line.length > 0 && (length = filling(line.octets, line.length)) > 0) {
        line = words_skip(line, length);
    }
    while (line.length > 0) {
        const char *end = line.octets + line.length;
        length = filling(end - 1, 1);
        for (size_t i = 2; length == 0 && i <= 3 && i <= line.length; i++) {
            length = filling(end - i, i) == i ? i : 0;
        }
        if (length == 0) {
            break;
        }
        line.length -= length;
    }
    return line;
}

static struct letter_line read_row(struct arena *arena, struct buf *folded, struct span line)
{
    struct letter_line row = {.core = trim(line), .whole = true};
    while (row.core.length > 0 && row.core.octets[0] == '>') {
        row.depth++;
        row.core = trim(words_skip(row.core, 1));
    }
    struct span start = row.core;
    if (start.length > KEY_MAX) {
        start.length = KEY_MAX;
        while (start.length > 0 && ((unsigned char)start.octets[start.length] & 0xC0) == 0x80) {
            start.length--;
        }
        row.whole = false;
    }
    buf_clear(folded);
    fold_plain(folded, start);
    row.key = (struct span){
        arena_copy(arena, folded->octets != NULL ? folded->octets : "", folded->length),
        folded->length};
    return row;
}

void letter_read(struct arena *arena, struct span text, struct letter *letter)
{
    size_t count = 1;
    for (size_t i = 0; i < text.length && count < LINES_MAX; i++) {
        count += text.octets[i] == '\n';
    }
    letter->lines = arena_array(arena, count, sizeof *letter->lines);
    letter->rows = arena_array(arena, count, sizeof *letter->rows);
    struct buf folded = BUF_INIT;
    while (text.length > 0) {
        bool last = letter->count + 1 == LINES_MAX; /* takes all that is left */
        struct span line = span_chomp(last ? text : span_line(&text));
        text.length = last ? 0 : text.length;
        letter->lines[letter->count] = (struct text_line){line, TEXT_NEW, "the sender's words"};
        letter->rows[letter->count++] = read_row(arena, &folded, line);
    }
    buf_release(&folded);
}

bool letter_is_blank(const struct letter *letter, size_t line)
{
    return letter->rows[line].core.length == 0;
}

bool letter_is_new(const struct letter *letter, size_t line)
{
    return letter->lines[line].zone == TEXT_NEW && !letter_is_blank(letter, line);
}

bool letter_is_quoted(const struct letter *letter, size_t line)
{
    return letter->rows[line].depth > letter->depth;
}

size_t letter_next(const struct letter *letter, size_t line, size_t end)
{
    while (line < end && letter_is_blank(letter, line)) {
        line++;
    }
    return line;
}

void letter_mark(struct letter *letter, size_t from, size_t to, enum text_zone zone,
                 const char *why)
{
    for (size_t i = from; i < to; i++) {
        letter->lines[i].zone = zone;
        letter->lines[i].why = why;
    }
}

static const char greetings[] =
    "bonjour|bonsoir|madame|monsieur|mesdames|messieurs|cher|chere|chers|cheres|salut|"
    "coucou|hello|hi|hey|dear|good morning|good afternoon|good evening|"
    "to whom it may concern|guten tag|guten morgen|guten abend|hallo|sehr geehrte|"
    "sehr geehrter|liebe|lieber|moin|hola|buenos dias|buenas tardes|buenas noches|"
    "buenas|estimado|estimada|estimados|buongiorno|buonasera|salve|gentile|ciao|ola|"
    "bom dia|boa tarde|prezado|prezada|goedemorgen|goedendag|geachte|beste";

/* Words that close a letter. "Thanks" closes one too, but may also be the whole letter. */
static const char closings[] =
    "best regards|kind regards|kindest regards|warm regards|regards|with best "
    "regards|cordially|yours|"
    "with kind regards|best wishes|all the best|best|rgds|sincerely|sincerely yours|"
    "yours sincerely|yours faithfully|yours truly|respectfully|cheers|take care|"
    "many thanks and regards|cordialement|bien cordialement|tres cordialement|"
    "cordialement votre|salutations|meilleures salutations|sinceres salutations|"
    "cordiales salutations|salutations distinguees|avec nos cordiales salutations|"
    "bien a vous|bien a toi|cdt|cdlt|respectueusement|sincerement|"
    "bien respectueusement|amicalement|veuillez agreer|je vous prie d'agreer|"
    "nous vous prions d'agreer|veuillez recevoir|recevez|dans l'attente|"
    "en vous remerciant|bonne journee|bonne soiree|bonne reception|"
    "vous souhaitant bonne reception|en vous souhaitant bonne reception|"
    "bonne fin de journee|mit freundlichen|mit freundlichem|mit besten|"
    "freundliche grusse|viele grusse|liebe grusse|beste grusse|herzliche grusse|"
    "schone grusse|mit lieben grussen|grusse|gruss|mfg|lg|vg|hochachtungsvoll|saludos|"
    "un saludo|saludos cordiales|un cordial saludo|cordiales saludos|atentamente|atte|"
    "cordialmente|reciba un cordial saludo|cordiali saluti|distinti saluti|saluti|"
    "atenciosamente|cumprimentos|abracos|com os melhores cumprimentos|"
    "met vriendelijke groet|met vriendelijke groeten|vriendelijke groet|groeten|mvg";
static const char thankings[] =
    "thanks|thank you|many thanks|thanks again|thanks in advance|thank you in advance|"
    "thanks so much|thank you so much|thanks a lot|thank you very much|thx|merci|"
    "merci beaucoup|merci d'avance|merci par avance|un grand merci|mille mercis|"
    "avec mes remerciements|danke|vielen dank|besten dank|danke im voraus|"
    "herzlichen dank|gracias|muchas gracias|gracias de antemano|grazie|grazie mille|"
    "obrigado|obrigada|bedankt|dank u";

/* Words that no name holds: a line with one of them is a sentence. */
static const char sentence_words[] =
    "je|j'ai|tu|il|elle|nous|vous|ma|mon|mes|votre|vos|est|n'est|pas|ne|que|qui|pour|"
    "avec|i|my|we|you|your|is|are|not|no|please|this|that|have|has|it|ich|wir|mein|"
    "meine|ist|nicht|kein|bitte|mi|esta|por favor|urgent";

enum { CLOSES = 1, THANKS = 2 };

/* Whether LINE closes a letter; a name may stand behind the formula. */
static unsigned closing_of(const struct letter *letter, size_t line)
{
    const struct letter_line *row = &letter->rows[line];
    struct span key = row->key;
    if (!row->whole || key.length > 160 || memchr(key.octets, '?', key.length) != NULL) {
        return 0;
    }
    size_t length = words_begin(key, closings);
    size_t words = words_count(key);
    if (length > 0) {
        static const char formulas[] =
            "veuillez agreer|je vous prie d'agreer|nous vous prions d'agreer|"
            "veuillez recevoir|recevez|dans l'attente|en vous remerciant|"
            "mit freundlichen|mit freundlichem|mit besten|reciba un cordial saludo";
        size_t more = words - words_count((struct span){key.octets, length});
        return more <= 4 || words_begin(key, formulas) > 0 ? CLOSES : 0;
    }
    length = words_begin(key, thankings);
    if (length == 0) {
        return 0;
    }
    struct span rest = words_skip(key, length);
    bool mark = rest.length == 0 || strchr(",.!-:; ", rest.octets[0]) != NULL;
    return mark && words_count(rest) <= 3 && !words_in(rest, sentence_words) &&
                   (words_count(rest) == 0 || rest.octets[0] != ' ')
               ? THANKS
               : 0;
}

/* Telephone, address of mail or web: what stands in a signature and seldom alone in a sentence. */
static bool has_contact(const struct letter_line *row)
{
    static const char words[] =
        "tel|phone|mobile|mob|fax|mobil|telefon|telephone|portable|email|e-mail|cell|"
        "office|ph|telefono|movil";
    struct span key = row->key;
    size_t digits = words_digits(key);
    bool link =
        memmem(key.octets, key.length, "www.", 4) || memmem(key.octets, key.length, "://", 3);
    bool address = memchr(key.octets, '@', key.length) != NULL;
    return row->whole && key.length <= 120 && words_count(key) <= 14 &&
           (((link || address) && !words_in(key, sentence_words)) ||
            (digits >= 9 && digits * 2 >= key.length - words_count(key)) ||
            (digits >= 5 && words_in(key, words) && !words_in(key, sentence_words)));
}

/* A number that the house can look up stays in the text, wherever it stands. */
static bool has_reference(const struct letter_line *row)
{
    static const char words[] =
        "client|contrat|commande|reference|ref|dossier|facture|compte|compteur|pdl|pce|"
        "adherent|sinistre|order|customer|contract|invoice|account|case|ticket|policy|"
        "kundennummer|kunde|kundennr|vertrag|vertragsnummer|rechnung|rechnungsnummer|"
        "bestellung|bestellnummer|pedido|cliente|contrato|factura|iban";
    return words_digits(row->key) >= 3 && words_in(row->key, words);
}

/* Every word of CORE begins with a capital or is a small word of names. */
static bool is_name_like(const struct letter_line *row, size_t most)
{
    static const char particles[] =
        "de|du|des|la|le|les|van|von|der|den|und|of|and|et|the|y|del|di|da|dos|en|at|"
        "for|zu";
    struct span core = row->core;
    if (!row->whole || core.length > 90 || words_in(row->key, sentence_words) ||
        memchr(core.octets, '?', core.length) != NULL ||
        memchr(core.octets, '!', core.length) != NULL) {
        return false;
    }
    size_t words = 0;
    size_t i = 0;
    while (i < core.length) {
        if (!words_is_letter(core.octets[i]) && !words_is_digit(core.octets[i])) {
            i++;
            continue;
        }
        size_t start = i;
        while (i < core.length &&
               (words_is_letter(core.octets[i]) || words_is_digit(core.octets[i]))) {
            i++;
        }
        struct span word = {core.octets + start, i - start};
        bool small = word.octets[0] >= 'a' && word.octets[0] <= 'z';
        if (small && words_begin(word, particles) != word.length && word.length > 1) {
            return false;
        }
        words++;
    }
    return words <= most && (words > 0 || core.length <= 40);
}

/* May LINE stand in a signature? */
static bool is_signature_line(const struct letter *letter, size_t line)
{
    const struct letter_line *row = &letter->rows[line];
    static const char postscripts[] = "ps|p.s.|p.s|nb|pj";
    if (words_begin(row->key, postscripts) > 0) {
        return false;
    }
    return has_contact(row) || is_name_like(row, 8) || letter_is_rule(row->core, 2) ||
           has_reference(row);
}

/* Marks LINE as signature; what the house can look up stays. */
static void mark_signature(struct letter *letter, size_t line, const char *why)
{
    if (has_reference(&letter->rows[line])) {
        letter->lines[line].why = "a reference in the signature";
    } else {
        letter_mark(letter, line, line + 1, TEXT_SIGNATURE, why);
    }
}

/* The closing and what stands below it, at the end of the new lines from START to END. */
static bool mark_closing(struct letter *letter, size_t start, size_t end)
{
    size_t top = end;
    size_t lines = 0;
    size_t position = 0; /* lines below the line that is looked at */
    bool job = false;    /* a line that only fits between a name and a telephone number */
    bool contact = false;
    for (size_t i = end; i-- > start && lines < SIGNATURE_LINES;) {
        const struct letter_line *row = &letter->rows[i];
        if (letter_is_blank(letter, i) || letter->lines[i].zone != TEXT_NEW) {
            continue;
        }
        unsigned closing = closing_of(letter, i);
        bool small =
            position == 0 && row->whole && words_count(row->key) == 1 && row->core.length <= 15;
        if (closing != 0 && !(job && !contact)) {
            top = i;
        } else if (has_contact(row)) {
            contact = true;
        } else if (is_signature_line(letter, i)) {
            job = false;
        } else if (row->whole && (small || (contact && words_count(row->key) <= 6 && !job &&
                                            !words_in(row->key, sentence_words)))) {
            job = !small;
        } else {
            break;
        }
        lines++;
        position++;
    }
    if (top == end) {
        return false;
    }
    /* "Merci" closes only with a short name below it: more is a list, and what he wants. */
    if (closing_of(letter, top) == THANKS) {
        size_t below = letter_next(letter, top + 1, end);
        if (below < end && closing_of(letter, below) == 0 && !has_contact(&letter->rows[below]) &&
            !is_name_like(&letter->rows[below], 4)) {
            return false;
        }
    }
    for (size_t i = top; i < end; i++) {
        if (letter->lines[i].zone != TEXT_NEW || letter_is_blank(letter, i)) {
            continue;
        }
        if (closing_of(letter, i) != 0) {
            letter_mark(letter, i, i + 1, TEXT_CLOSING, "a closing formula");
        } else {
            mark_signature(letter, i, "below a closing formula");
        }
    }
    return true;
}

/* A last paragraph in which telephone numbers and addresses stand below a name. */
static void mark_contacts(struct letter *letter, size_t start, size_t end)
{
    while (end > start &&
           (letter_is_blank(letter, end - 1) || letter->lines[end - 1].zone != TEXT_NEW)) {
        end--;
    }
    size_t first = end;
    size_t contacts = 0;
    while (first > start && letter_is_new(letter, first - 1) && end - first < SIGNATURE_LINES &&
           is_signature_line(letter, first - 1)) {
        contacts += has_contact(&letter->rows[--first]);
    }
    const struct span core = letter->rows[end > start ? end - 1 : start].core;
    if (first > start && first < end && letter_is_blank(letter, first - 1)) {
        size_t before = first;
        while (before > start && letter_is_blank(letter, before - 1)) {
            before--;
        }
        bool asked = before > start && words_end(letter->rows[before - 1].core, ":");
        if (before > start && !asked && contacts > 0 && end - first >= 2) {
            for (size_t i = first; i < end; i++) {
                mark_signature(letter, i, "a name with telephone numbers or addresses at the end");
            }
            return;
        }
    }
    /* "-Marie" or "— Marie" as the last line. */
    if (end > start + 1 &&
        (span_begins(core, SPAN("-")) || span_begins(core, SPAN("\xE2\x80\x94")))) {
        struct span dash = trim(words_skip(core, core.octets[0] == '-' ? 1 : 3));
        struct letter_line name = {.core = dash, .key = letter->rows[end - 1].key, .whole = true};
        if (words_is_letter(dash.length > 0 ? dash.octets[0] : ' ') && is_name_like(&name, 3) &&
            letter_is_blank(letter, end - 2)) {
            letter_mark(letter, end - 1, end, TEXT_SIGNATURE, "a name behind a dash at the end");
        }
    }
}

/* "Sent from my iPhone" and kin: one line that a program adds. */
static bool is_program_footer(const struct letter_line *row)
{
    static const char words[] =
        "sent from|sent via|sent with|sent by|get outlook for|get [outlook for|"
        "from my iphone|envoye de mon|envoye depuis|envoye a partir d|envoye via|"
        "envoye avec|envoye a l'aide d|obtenez outlook|obtenir outlook|"
        "telecharger outlook|telechargez outlook|provenance : courrier|von meinem|"
        "von unterwegs|gesendet von|gesendet mit|gesendet uber|"
        "diese nachricht wurde von|diese nachricht wurde mit|hol dir outlook|"
        "holen sie sich outlook|outlook fur|enviado desde|enviado do meu|enviado via|"
        "enviado con|obtener outlook|obten outlook|inviato da|scarica outlook|"
        "verzonden met|verzonden vanaf|verstuurd vanaf|skickat fran|sendt fra|"
        "lahetetty|wyslane z|trimis de pe|odeslano z|отправлено с|從我的";
    static const char excuses[] =
        "please|excuse|sorry|typo|typos|brevity|excusez|pardon|fautes|tippfehler";
    struct span inside = words_bare(row->key);
    if (!row->whole || inside.length > 140 || words_begin(inside, words) == 0) {
        return false;
    }
    /* "Sent from my desk, which is easier …" goes on as a sentence. */
    size_t at = 0;
    while (at < inside.length && inside.octets[at] != ',' &&
           !(inside.octets[at] == '.' && at + 1 < inside.length && inside.octets[at + 1] == ' ')) {
        at++;
    }
    struct span rest = words_skip(inside, at);
    return words_count(rest) == 0 || words_in(rest, excuses) ||
           memchr(rest.octets, ':', rest.length) != NULL;
}

/* What mail gateways write into the text for a part that they took off. */
static bool is_attachment_note(const struct letter_line *row)
{
    static const char words[] =
        "see attached file|embedded image moved to file|image|cid|inline image|"
        "image removed by sender";
    struct span core = row->core;
    return row->whole && core.length > 2 && (core.octets[0] == '(' || core.octets[0] == '[') &&
           words_begin(words_bare(row->key), words) > 0 &&
           (words_end(core, ")") || words_end(core, "]"));
}

/* The first line of a paragraph that a program, a list or a lawyer adds. */
static bool is_notice(const struct letter *letter, size_t line, size_t end)
{
    static const char sure[] =
        "confidentiality notice|avis de confidentialite|aviso legal|"
        "this email has been scanned|this e-mail has been scanned|virus-free|"
        "garanti sans virus|l'absence de virus dans ce|libre de virus|virenfrei|"
        "cet e-mail a ete verifie|to unsubscribe|pour vous desabonner|"
        "pour vous desinscrire|um sich abzumelden|"
        "you received this message because you are subscribed|do you yahoo|"
        "think before you print|please consider the environment|"
        "pensez a l'environnement|n'imprimez ce|avant d'imprimer|"
        "denken sie an die umwelt|bitte prufen sie, ob diese";
    static const char starts[] =
        "this e-mail|this email|this message|the information contained|"
        "the information in this|the contents of this|important|disclaimer|ce message|"
        "ce courriel|ce mail|cet e-mail|cet email|les informations contenues|"
        "l'information contenue|le contenu de ce|diese e-mail|diese email|"
        "diese nachricht|der inhalt dieser|este mensaje|este correo|"
        "la informacion contenida|questo messaggio|le informazioni contenute|"
        "il presente messaggio|esta mensagem|dit bericht|deze e-mail";
    static const char *const topics[] = {
        "confidential|confidentiel|confidentielles|confidentiels|privileged|"
        "vertraulich|vertrauliche|confidencial|riservate|riservato|vertrouwelijk",
        "intended|addressee|recipient|destinataire|destinataires|empfanger|"
        "destinatario|adressat|bestimmt|geadresseerde|dirige",
        "in error|by mistake|par erreur|irrtumlich|por error|per errore|delete|"
        "detruire|supprimer|loschen|eliminar",
        "liability|responsabilite|haftung|unauthorized|unauthorised|prohibited|"
        "interdite|virus|altere|untersagt|prohibido"};
    struct span key = words_bare(letter->rows[line].key);
    if (words_begin(key, sure) > 0) {
        return true;
    }
    if (words_begin(key, starts) == 0) {
        return false;
    }
    size_t found = 0;
    for (size_t t = 0; t < sizeof topics / sizeof *topics; t++) {
        for (size_t i = line; i < end && i < line + 8 && !letter_is_blank(letter, i); i++) {
            if (words_in(letter->rows[i].key, topics[t])) {
                found++;
                break;
            }
        }
    }
    return found >= 2;
}

/* A rule under which a mailing list introduces itself. */
static bool is_list_footer(const struct letter *letter, size_t line, size_t end)
{
    static const char words[] =
        "mailing list|listinfo|unsubscribe|liste de diffusion|mailingliste|desabonner|"
        "desinscrire";
    if (!letter_is_rule(letter->rows[line].core, 15)) {
        return false;
    }
    size_t seen = 0;
    for (size_t i = line + 1; i < end && seen < 4; i++) {
        if (!letter_is_blank(letter, i)) {
            seen++;
            if (words_in(letter->rows[i].key, words)) {
                return true;
            }
        }
    }
    return false;
}

/* The end of the run of new lines that begins at LINE. */
static size_t run_end(const struct letter *letter, size_t line, size_t end)
{
    while (line < end && letter->lines[line].zone == TEXT_NEW) {
        line++;
    }
    return line;
}

/* "-- ": a signature to the end of the run, unless much more follows than a signature has. */
static bool is_delimiter(const struct letter *letter, size_t line, size_t end)
{
    struct span raw = letter->lines[line].line;
    if (!span_equal(letter->rows[line].core, SPAN("--"))) {
        return false;
    }
    size_t lines = 0;
    for (size_t i = line + 1; i < end && lines <= SIGNATURE_LINES; i++) {
        if (letter->lines[i].zone != TEXT_NEW) {
            break;
        }
        lines += !letter_is_blank(letter, i);
    }
    return words_end(raw, "-- ") || lines <= SIGNATURE_LINES;
}

/* Marks what programs, lists and lawyers added to the new lines from START to END. */
static void mark_footers(struct letter *letter, size_t start, size_t end)
{
    bool words = false;
    for (size_t i = start; i < end; i++) {
        if (!letter_is_new(letter, i)) {
            continue;
        }
        size_t to = i + 1;
        const struct letter_line *row = &letter->rows[i];
        if (is_delimiter(letter, i, end)) {
            to = run_end(letter, i, end);
            letter_mark(letter, i, to, TEXT_SIGNATURE, "below the line \"-- \"");
        } else if (is_program_footer(row)) {
            letter_mark(letter, i, to, TEXT_SIGNATURE, "a mail program's footer");
        } else if (is_attachment_note(row)) {
            letter_mark(letter, i, to, TEXT_SIGNATURE, "a note about an attachment");
        } else if (words && is_list_footer(letter, i, end)) {
            to = run_end(letter, i, end);
            letter_mark(letter, i, to, TEXT_DISCLAIMER, "a mailing list's footer");
        } else if (words && is_notice(letter, i, end)) {
            size_t rule = i;
            while (rule > start && letter_is_blank(letter, rule - 1)) {
                rule--;
            }
            to = run_end(letter, i, end);
            bool ruled = rule > start && letter_is_rule(letter->rows[rule - 1].core, 2);
            letter_mark(letter, ruled ? rule - 1 : i, to, TEXT_DISCLAIMER,
                        "a legal notice or a scanner's footer");
        } else {
            words = true;
            continue;
        }
    }
    /* A line between two footers is one. */
    size_t last = end;
    for (size_t i = start; i < end; i++) {
        bool footer = letter->lines[i].zone == TEXT_SIGNATURE && !letter_is_blank(letter, i);
        if (footer && last < i) {
            size_t between = letter_next(letter, last + 1, i);
            if (between < i && letter_next(letter, between + 1, i) == i &&
                letter_is_new(letter, between) && words_count(letter->rows[between].key) <= 5) {
                letter_mark(letter, between, between + 1, TEXT_SIGNATURE,
                            "between two programs' footers");
            }
        }
        last = footer ? i : last;
    }
}

void letter_frame(struct letter *letter, size_t start, size_t end)
{
    mark_footers(letter, start, end);
    size_t first = letter_next(letter, start, end);
    if (first < end && letter_is_new(letter, first)) {
        struct span key = letter->rows[first].key;
        if (words_begin(key, greetings) > 0 && words_count(key) <= 6 && !words_end(key, "?") &&
            letter->rows[first].whole && !words_in(key, sentence_words)) {
            letter_mark(letter, first, first + 1, TEXT_GREETING, "a greeting");
        }
    }
    /* A signature stands at the end, or over an attribution. */
    size_t run = start;
    size_t last = end; /* behind the last new line: quotes below it have no answers */
    while (last > start && !letter_is_new(letter, last - 1)) {
        last--;
    }
    for (size_t i = start; i <= end; i++) {
        bool border = i == end || letter->lines[i].zone == TEXT_ATTRIBUTION ||
                      (i >= last && letter->lines[i].zone == TEXT_QUOTE);
        if (border) {
            if (!mark_closing(letter, run, i)) {
                mark_contacts(letter, run, i);
            }
            run = i;
        } else if (letter->lines[i].zone == TEXT_QUOTE) {
            run = i;
        }
    }
}
