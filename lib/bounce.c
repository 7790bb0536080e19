/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bounce.h"

#include <string.h>

#include "report.h"
#include "wording.h"

#define WORDS_MAX                                                                                  \
    ((size_t)16 * 1024) /* octets of text that are searched for a server's phrases                 \
                         */

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* ---- who wrote ---------------------------------------------------------------------------------
 */

static bool holds_any(struct span text, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (span_find_nocase(text, words[i]) != NULL)
            return true;
    return false;
}

static bool is_any(struct span text, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (span_equal_nocase(text, span_of(words[i])))
            return true;
    return false;
}

/* LOCAL is WORD (letters alone) when the marks in it are passed over: "mailer_daemon". */
static bool is_name(struct span local, const char *word)
{
    for (size_t i = 0; i < local.length; i++) {
        if (local.octets[i] == '-' || local.octets[i] == '_' || local.octets[i] == '.')
            continue;
        if ((local.octets[i] | 0x20) != *word)
            return false;
        word++;
    }
    return *word == '\0' && local.length > 0;
}

/* An office of a mailing list: "news-admin", "owner-news". */
static bool is_list_office(struct span local)
{
    static const char *const ends[] = {"-admin", "-owner", "-request", "-bounces", "-errors"};

    for (size_t i = 0; i < COUNT(ends); i++) {
        size_t length = strlen(ends[i]);

        if (local.length > length &&
            span_equal_nocase((struct span){local.octets + local.length - length, length},
                              span_of(ends[i])))
            return true;
    }
    return span_begins_nocase(local, SPAN("owner-"));
}

enum bounce_sender bounce_sender(const char *from, struct span name)
{
    static const char *const daemons[] = {"mailerdaemon", "maildaemon", "mdaemon"};
    static const char *const daemon_names[] = {"mailer-daemon", "mail delivery s",
                                               "mail delivery agent", "maildelivery"};
    static const char *const offices[] = {"mail administrator",
                                          "mail admin",
                                          "mailadmin",
                                          "system administrator",
                                          "systemadmin",
                                          "sysadmin",
                                          "mail system",
                                          "mailsystem",
                                          "mail.system",
                                          "mail service",
                                          "smtp",
                                          "mail gateway",
                                          "mail router",
                                          "mail server",
                                          "mailserver",
                                          "internet mail",
                                          "email system",
                                          "mail transfer",
                                          "ndr",
                                          "mailgw",
                                          "noreply",
                                          "no-reply",
                                          "no_reply",
                                          "donotreply",
                                          "do-not-reply",
                                          "mail-delivery",
                                          "maildelivery",
                                          "mail.delivery",
                                          "bounce",
                                          "undeliver",
                                          "mail error",
                                          "message center",
                                          "messagecenter",
                                          "administrator"};
    static const char *const locals[] = {"admin",  "root",   "mail",       "mailer",    "mta",
                                         "system", "daemon", "mailmaster", "hostmaster"};
    struct span local = span_of(from);
    const char *at = from != NULL ? strrchr(from, '@') : NULL;

    if (at != NULL)
        local.length = (size_t)(at - from);
    for (size_t i = 0; i < COUNT(daemons); i++)
        if (is_name(local, daemons[i]))
            return SENDER_DAEMON;
    /* Exchange's own reports: a fixed name and 32 digits. */
    if (local.length == sizeof("microsoftexchange") - 1 + 32 &&
        span_begins_nocase(local, SPAN("microsoftexchange")))
        return SENDER_DAEMON;
    if (is_name(local, "postmaster"))
        return SENDER_POSTMASTER;
    if (local.length == 0 && span_find_nocase(name, "postmaster") != NULL)
        return SENDER_POSTMASTER;
    if (holds_any(name, daemon_names, COUNT(daemon_names)) ||
        (local.length == 0 && span_find_nocase(name, "<>") != NULL))
        return SENDER_DAEMON;
    return is_any(local, locals, COUNT(locals)) || is_list_office(local) ||
                   holds_any(name, offices, COUNT(offices)) ||
                   holds_any(local, offices, COUNT(offices))
               ? SENDER_SERVICE
               : SENDER_OTHER;
}

bool bounce_is_null_path(const char *path)
{
    return path != NULL &&
           (path[0] == '\0' || bounce_sender(path, (struct span){NULL, 0}) == SENDER_DAEMON);
}

/* ---- what servers say --------------------------------------------------------------------------
 */

/*
 * A signature is a program's own turn of phrase. The others are what anybody says who has to tell
 * that mail did not arrive; two of different marks, or one and a code, make a notice.
 */
enum mark { SIGNATURE, UNDELIVERED, FULL, UNKNOWN_USER, REFUSED, DELAY, MARKS };

static const struct wording_list phrases[] = {
    {SIGNATURE, "qmail", "this is the qmail-send program|this is a permanent error; i've given up"},
    {SIGNATURE, "exim", "mail delivery software"},
    {SIGNATURE, "postfix",
     "this is the mail system at host|this is the postfix program at host|"
     "this is the postfix mail system"},
    {SIGNATURE, "sendmail",
     "had permanent fatal errors|had transient non-fatal errors|transcript of session follows|"
     "transcript of the session follows"},
    {SIGNATURE, "exchange",
     "did not reach some or all of the intended recipients|"
     "did not reach the following recipient|delivery has failed to these recipients|"
     "delivery to the following recipients failed"},
    {SIGNATURE, "google",
     "delivery to the following recipient failed permanently|"
     "delivery to the following recipient has been delayed"},
    {SIGNATURE, "dsn", "this is an automatically generated delivery status notification"},
    {SIGNATURE, "intermail", "this message was undeliverable due to the following reason"},
    {SIGNATURE, "pmdf",
     "your message cannot be delivered to the following recipients|"
     "this report relates to a message you sent with the following header"},
    {SIGNATURE, "ironport", "the following message to <"},
    {SIGNATURE, "yahoo", "sorry, we were unable to deliver your message to the following address"},
    {SIGNATURE, "courier", "the courier mail server|this is a delivery status notification from"},
    {SIGNATURE, "ndr", "non-delivery report|non delivery report|nondelivery report"},
    {SIGNATURE, "dma", "this is the dragonfly mail agent"},
    {SIGNATURE, "mdaemon", "fatal delivery errors"},
    {SIGNATURE, "interscan", "message from interscan"},
    {UNDELIVERED, "undelivered",
     "trouble delivering|failed to send|error sending|could not deliver|couldn't deliver|"
     "failed recipients|failed addresses follow|undeliverable|undelivered|"
     "could not be delivered|couldn't be delivered|cannot be delivered|can't be delivered|"
     "can not be delivered|was not delivered|not been delivered|message not delivered|"
     "mail not delivered|not delivered to|not deliver|not able to deliver|unable to deliver|"
     "error delivering|delivery failed|delivery failure|delivery has failed|delivery error|"
     "failed to deliver|failed permanently|non delivery|"
     "returned to sender|returned to you|could not be sent|could not be reached|"
     "n'a pas pu etre remis|n'a pu etre remis|n'a pas pu etre delivre|n'a pu etre delivre|"
     "n'a pas pu etre distribue|n'a pas ete remis|n'a pas ete distribue|non remis|"
     "non distribue|echec de la remise|impossible de remettre|nicht zugestellt|"
     "nicht zustellbar|unzustellbar|zustellung fehlgeschlagen|nicht ausgeliefert|"
     "no se ha podido entregar|no se pudo entregar|no pudo ser entregado|no ha sido entregado|"
     "no fue entregado|error en la entrega|non e stato possibile consegnare|"
     "non e stato consegnato|impossibile recapitare|impossibile consegnare|mancata consegna|"
     "mancato recapito|nao pode ser entregue|nao foi entregue|nao foi possivel entregar|"
     "falha na entrega|kon niet worden bezorgd|kon niet worden afgeleverd|niet bezorgd|"
     "niet afgeleverd|onbestelbaar|nie zostala dostarczona|nie mogla zostac dostarczona|"
     "nie mozna dostarczyc|nie udalo sie dostarczyc|niedostarczon|nu a putut fi livrat|"
     "nu a fost livrat|imposibil de livrat|送信できません|配信できません|"
     "配送できません|送信に失敗|投递失败|无法投递|无法送达|"
     "無法投遞|退信|не доставлено|"
     "не может быть доставлено"},
    {FULL, "mailbox-full",
     "mailbox full|mailbox is full|mailbox has exceeded|mailbox size limit|inbox is full|"
     "inbox full|over quota|overquota|quota exceeded|exceeding their quota|exceeded storage|"
     "exceeded their quota|disk quota|space not enough|boite pleine|boite aux lettres pleine|"
     "est pleine|quota depasse|depasse son quota|postfach ist voll|postfach voll|"
     "postfach des empfangers ist voll|buzon lleno|buzon esta lleno|esta lleno|"
     "excedido la cuota|casella piena|casella e piena|casella di posta e piena|e piena|"
     "caixa de correio cheia|caixa cheia|esta cheia|mailbox is vol|postvak is vol|"
     "postbus is vol|skrzynka jest pelna|skrzynka odbiorcy jest pelna|jest przepelniona|"
     "casuta postala este plina|casuta este plina|este plina|メールボックスが一杯|"
     "邮箱已满|邮箱空间不足"},
    {UNKNOWN_USER, "user-unknown",
     "could not be located|cannot be located|not be found|not in our directory|"
     "user unknown|unknown user|unknown recipient|unknown address|unknown local|unknown host|"
     "host unknown|addressee unknown|no such user|no such address|no such account|"
     "no such recipient|no mailbox here|mailbox unavailable|mailbox not found|user not found|"
     "recipient not found|invalid recipient|invalid final delivery|no valid recipients|"
     "not a valid user|not a known user|not listed in|does not exist|doesn't exist|"
     "doesn't have a|utilisateur inconnu|destinataire inconnu|adresse inconnue|n'existe pas|"
     "unbekannter empfanger|empfanger unbekannt|benutzer unbekannt|existiert nicht|no existe|"
     "destinatario desconocido|usuario desconocido|non esiste|destinatario sconosciuto|"
     "utente sconosciuto|nao existe|destinatario inexistente|utilizador desconhecido|"
     "bestaat niet|onbekende gebruiker|onbekende ontvanger|nie istnieje|nieznany odbiorca|"
     "nieznany uzytkownik|nu exista|destinatar necunoscut|utilizator necunoscut|"
     "用户不存在|收件人不存在"},
    {REFUSED, "refused",
     "recipient address rejected|requested action not taken|requested action aborted|"
     "message was rejected|message has been rejected|not accepting mail|has been disabled|"
     "account is disabled|account has been suspended|relaying denied|relay access denied|"
     "exceeds the size limit|message size exceeds|message too large|mail loop|too many hops"},
    {DELAY, "delayed",
     "not yet been delivered|not yet delivered|has been delayed|is delayed|delivery delayed|"
     "warning message only|this is just a warning|this is a warning|will be retried|"
     "will retry|will keep trying|will continue to|attempts will continue|still being retried|"
     "not need to resend|don't need to resend|n'a pas encore ete remis|n'a pas encore pu|"
     "a ete retarde|est retarde|nouvelles tentatives|noch nicht zugestellt|verzogert|"
     "zustellversuche werden|aun no se ha entregado|todavia no se ha|se ha retrasado|"
     "seguira intentando|non e ancora stato consegnato|in ritardo|verra ritentata|"
     "ainda nao foi entregue|esta atrasad|continuara a tentar|nog niet bezorgd|"
     "nog niet afgeleverd|is vertraagd|nie zostala jeszcze dostarczona|opoznion|kolejne proby|"
     "nu a fost inca livrat|intarziat|se va reincerca"},
};

/* Subjects of notices; a reply or forward prefix before one makes it somebody's mail about it. */
static const struct wording_list subjects[] = {
    {UNDELIVERED, "undelivered",
     "mail returned|message returned|not deliverable|could not send|could not deliver|"
     "cannot deliver|unable to deliver|unable to send|error sending|failed delivery|"
     "failed mail|failed message|permanent failure|permanent delivery|mail problem|"
     "address error|address problem|nameserver error|invalid address|unknown address|"
     "undeliver|delivery status|delivery fail|delivery notification|delivery problem|"
     "delivery error|delivery report|delivery unsuccessful|delivery incomplete|"
     "delivery attempt|failure notice|failure delivery|failure notification|fatal delivery|"
     "mail fail|mail error|mail could not be delivered|mail system error|"
     "message could not be delivered|message not delivered|message you sent|returned mail|"
     "returned message|returning message|returned to sender|returned due to|nondeliver|"
     "non-deliver|not delivered|bounce|non remis|non distribue|echec de|avis de non|"
     "unzustellbar|nicht zustellbar|zustellung|nicht zugestellt|unzustellbarkeit|no entregado|"
     "no se puede entregar|correo devuelto|mensaje devuelto|mancat|non recapitabile|"
     "nao entregue|falha na entrega|mensagem devolvida|onbestelbaar|niet bezorgd|niedostarcz|"
     "nie dostarczon|zwrot wiadomosci|nelivrat|mesaj returnat|メールエラー|配信不能|"
     "退信|系统退信"},
    {FULL, "mailbox-full",
     "mailbox full|over quota|boite pleine|boite aux lettres pleine|postfach voll|"
     "postfach ist voll|buzon lleno|casella piena|caixa cheia|postvak vol|skrzynka pelna|"
     "casuta plina"},
    {UNKNOWN_USER, "user-unknown", "user unknown"},
    {REFUSED, "refused", "mail rejected|message rejected|rejected mail|rejected message"},
    {DELAY, "delayed",
     "warning: could not send|warning: message|delayed mail|delivery delay|"
     "retard de livraison du message|message retarde"},
};

struct bounce_reader {
    struct wording_set *phrases;
    struct wording_set *subjects;
};

struct bounce_reader *bounce_open(struct arena *arena)
{
    struct bounce_reader *reader = arena_alloc(arena, sizeof(*reader));

    reader->phrases = wording_set_new(arena, phrases, COUNT(phrases));
    reader->subjects = wording_set_new(arena, subjects, COUNT(subjects));
    return reader;
}

/* ---- deciding ----------------------------------------------------------------------------------
 */

/* What the words of a notice come to. */
struct words {
    const char *signature; /* name, or NULL */
    const char *phrase;    /* name of the first other phrase, or NULL */
    bool is_about_mail;    /* they say that it did not arrive, or not yet */
    bool has_why;          /* they say that it did not arrive, and why */
    bool has_code;
    bool has_reply_code;
};

static void weigh(const struct wording_hits *hits, struct span told, struct words *words)
{
    bool reason = hits->count[FULL] + hits->count[UNKNOWN_USER] + hits->count[REFUSED] > 0;

    *words = (struct words){.is_about_mail = hits->count[UNDELIVERED] + hits->count[DELAY] > 0,
                            .has_why = hits->count[UNDELIVERED] > 0 && reason,
                            .has_code = report_status(told, true).length > 0,
                            .has_reply_code = report_reply_code(told) != NULL};
    if (hits->count[SIGNATURE] > 0)
        words->signature = hits->name[SIGNATURE];
    for (unsigned mark = UNDELIVERED; mark < MARKS && words->phrase == NULL; mark++)
        if (hits->count[mark] > 0)
            words->phrase = hits->name[mark];
}

/* SUBJECT is that of somebody's mail about a notice. */
static bool is_reply_subject(struct span subject)
{
    static const char *const prefixes[] = {
        "re:", "fw:", "fwd:", "tr:",     "wg:", "rv:",   "aw:",  "sv:",
        "i:",  "r:",  "enc:", "doorst:", "pd:", "antw:", "odp:", "res:"};

    for (size_t i = 0; i < COUNT(prefixes); i++)
        if (span_begins_nocase(subject, span_of(prefixes[i])))
            return true;
    return false;
}

/* A server's own address wrote: a signature, a subject, the copy, or plain words are enough. */
static const char *by_server(struct arena *arena, const struct bounce_facts *facts,
                             const struct words *words, const char *subject)
{
    bool null_path = facts->null_path || facts->path_unknown;

    /* A postmaster is also a person. */
    if (facts->sender == SENDER_POSTMASTER && !facts->null_path && is_reply_subject(facts->subject))
        return NULL;
    if (words->signature != NULL)
        return arena_format(arena, "phrase=%s", words->signature);
    if (words->phrase != NULL &&
        (subject != NULL || words->has_code || words->has_reply_code || words->has_why ||
         facts->has_copy || (words->is_about_mail && facts->null_path)))
        return arena_format(arena, "phrase=%s", words->phrase);
    if (subject != NULL && (null_path || facts->has_copy || words->has_reply_code))
        return arena_format(arena, "subject=%s", subject);
    if (facts->sender == SENDER_DAEMON && null_path)
        return "sender=mailer-daemon";
    return NULL;
}

/*
 * Another address wrote, or none of its own: the words must say what happened and why. Without the
 * null path the subject must be a notice's too: forms of web sites write from such addresses, and
 * parcels are undelivered and delayed as well.
 */
static const char *by_words(struct arena *arena, const struct bounce_facts *facts,
                            const struct words *words, const char *subject)
{
    const char *name = words->phrase != NULL ? words->phrase : words->signature;
    bool is_told;

    if (name == NULL || (facts->to_list && subject == NULL))
        return NULL;
    /* An absence may tell of a mailbox that exists no more. */
    if (facts->answered && subject == NULL && words->signature == NULL && !words->has_code &&
        !facts->has_copy)
        return NULL;
    if (facts->null_path || facts->answered)
        is_told = words->signature != NULL || words->has_code || words->has_why ||
                  facts->has_copy || subject != NULL;
    else if (facts->sender == SENDER_SERVICE)
        is_told =
            (subject != NULL && (words->signature != NULL || words->has_code ||
                                 words->has_reply_code || words->has_why || facts->has_copy)) ||
            (words->has_why && facts->has_copy);
    else /* a person's address: all of it */
        is_told = subject != NULL && facts->has_copy &&
                  (words->signature != NULL || words->has_code || words->has_reply_code);
    return is_told ? arena_format(arena, "phrase=%s",
                                  words->signature != NULL ? words->signature : name)
                   : NULL;
}

/* The name of what SUBJECT says as a notice's; NULL for any other. */
static const char *read_subject(struct bounce_reader *reader, struct span subject, bool *is_delay)
{
    struct wording_hits hits;

    *is_delay = false;
    if (subject.length == 0 || is_reply_subject(subject))
        return NULL;
    wording_set_find(reader->subjects, subject, 1000, &hits);
    *is_delay = hits.count[DELAY] > 0;
    for (unsigned mark = UNDELIVERED; mark < MARKS; mark++)
        if (hits.count[mark] > 0)
            return hits.name[mark];
    return NULL;
}

bool bounce_is_worth_reading(struct bounce_reader *reader, const struct bounce_facts *facts)
{
    bool is_delay;

    return facts->sender != SENDER_OTHER || facts->null_path || facts->answered ||
           read_subject(reader, facts->subject, &is_delay) != NULL;
}

const char *bounce_find(struct bounce_reader *reader, struct arena *arena,
                        const struct bounce_facts *facts, struct span told, bool *is_delay)
{
    struct wording_hits hits;
    struct words words;
    const char *subject = read_subject(reader, facts->subject, is_delay);

    wording_set_find(reader->phrases, told, WORDS_MAX, &hits);
    *is_delay = *is_delay || hits.count[DELAY] > 0;
    if (told.length > WORDS_MAX)
        told.length = WORDS_MAX;
    weigh(&hits, told, &words);
    if (facts->has_failed)
        return "field=X-Failed-Recipients";
    return facts->sender >= SENDER_POSTMASTER ? by_server(arena, facts, &words, subject)
                                              : by_words(arena, facts, &words, subject);
}
